# Uses ccache where it is present, unless a launcher is given. Clang's
# precompiled headers hold a time stamp that would make each one new.
if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(KILN_CCACHE ccache)
  if(KILN_CCACHE)
    set(_launcher "${CMAKE_COMMAND}" -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      "${KILN_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER ${_launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${_launcher})
    add_compile_options(
      "$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
    message(STATUS "Using ${KILN_CCACHE}")
  endif()
endif()
