# Helpers that give every Kiln library and tool the same flags.

add_library(kiln_flags INTERFACE)
target_include_directories(kiln_flags INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
  "$<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_compile_options(kiln_flags INTERFACE
  "$<BUILD_INTERFACE:-Wall;-Wextra;-Wno-unused-parameter>")
target_compile_features(kiln_flags INTERFACE cxx_std_20)
install(TARGETS kiln_flags EXPORT KilnTargets)

if(KILN_BUILD_COMPILER)
  # LLVM_DEFINITIONS is one string; passed on as it is, its flags are mangled.
  separate_arguments(_llvm_definitions NATIVE_COMMAND ${LLVM_DEFINITIONS})
  add_library(kiln_llvm_flags INTERFACE)
  # Installed, KilnConfig.cmake adds those of the using machine.
  foreach(_dir IN LISTS LLVM_INCLUDE_DIRS MLIR_INCLUDE_DIRS)
    target_include_directories(kiln_llvm_flags SYSTEM INTERFACE
      "$<BUILD_INTERFACE:${_dir}>")
  endforeach()
  target_compile_definitions(kiln_llvm_flags INTERFACE ${_llvm_definitions})
  target_compile_options(kiln_llvm_flags INTERFACE
    "$<BUILD_INTERFACE:-fno-exceptions>")
  target_link_libraries(kiln_llvm_flags INTERFACE MLIR LLVM)
  install(TARGETS kiln_llvm_flags EXPORT KilnTargets)
endif()

# kiln_add_library(NAME SOURCES... [LINK libs...] [DEPENDS targets...])
# A static library of the compiler, built with the shared precompiled header.
function(kiln_add_library name)
  cmake_parse_arguments(ARG "NO_PCH" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_library(Kiln::${name} ALIAS ${name}) # as find_package(Kiln) calls it
  target_link_libraries(${name} PUBLIC kiln_flags kiln_llvm_flags ${ARG_LINK})
  add_dependencies(${name} KilnTableGen ${ARG_DEPENDS})
  if(NOT ARG_NO_PCH AND NOT name STREQUAL KilnPCH)
    target_precompile_headers(${name} REUSE_FROM KilnPCH)
  endif()
  install(TARGETS ${name} EXPORT KilnTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# kiln_add_c_library(NAME SOURCES... [LINK libs...] [ENTRIES functions...])
# A shared library that exports only the C interface of include/kiln-c. ENTRIES
# are functions of the linked static libraries that nothing here refers to: each
# brings the object file that it stands in.
function(kiln_add_c_library name)
  cmake_parse_arguments(ARG "" "" "LINK;ENTRIES" ${ARGN})
  add_library(${name} SHARED ${ARG_UNPARSED_ARGUMENTS})
  add_library(Kiln::${name} ALIAS ${name})
  target_link_libraries(${name} PUBLIC kiln_flags
    PRIVATE kiln_llvm_flags ${ARG_LINK})
  foreach(entry IN LISTS ARG_ENTRIES)
    target_link_options(${name} PRIVATE "LINKER:--undefined=${entry}")
  endforeach()
  set(exports "${CMAKE_CURRENT_BINARY_DIR}/${name}.exports")
  file(WRITE "${exports}" "{ global: kilnCompile; kilnArtifact*; kilnEmulator*; kilnReference*; local: *; };\n")
  target_link_options(${name} PRIVATE -Wl,-z,defs
    "LINKER:--version-script=${exports}")
  add_dependencies(${name} KilnTableGen)
  target_precompile_headers(${name} REUSE_FROM KilnPCH)
  install(TARGETS ${name} EXPORT KilnTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
endfunction()

# kiln_add_tool(NAME SOURCES... [LINK libs...])
function(kiln_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE kiln_flags kiln_llvm_flags ${ARG_LINK})
  add_dependencies(${name} KilnTableGen)
  # The shared precompiled header is built with -fPIC.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC)
  target_precompile_headers(${name} REUSE_FROM KilnPCH)
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

# kiln_tablegen(TARGET TD OUTPUT FLAGS...): one generated file; TARGET makes it
# and KilnTableGen waits for every such target.
function(kiln_tablegen target td output)
  set(LLVM_TARGET_DEFINITIONS ${td})
  mlir_tablegen(${output} ${ARGN} EXTRA_INCLUDES
    ${PROJECT_SOURCE_DIR}/include ${MLIR_INCLUDE_DIRS})
  string(MAKE_C_IDENTIFIER "${target}_${output}" id)
  add_custom_target(${id} DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${output})
  add_dependencies(KilnTableGen ${id})
endfunction()
