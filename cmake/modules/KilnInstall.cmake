# `cmake --install` gives find_package(Kiln) with exported targets.
include(CMakePackageConfigHelpers)
set(_dest "${CMAKE_INSTALL_LIBDIR}/cmake/Kiln")
install(EXPORT KilnTargets NAMESPACE Kiln:: DESTINATION "${_dest}")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/modules/KilnConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/KilnConfig.cmake" INSTALL_DESTINATION "${_dest}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/KilnConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/KilnConfig.cmake"
  "${PROJECT_BINARY_DIR}/KilnConfigVersion.cmake" DESTINATION "${_dest}")
# The runtime alone has headers of its own and the C interface.
if(KILN_BUILD_COMPILER)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" "${PROJECT_BINARY_DIR}/include/"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc"
    PATTERN CMakeFiles EXCLUDE)
else()
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/kiln/Runtime"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/kiln")
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/kiln-c"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
endif()
