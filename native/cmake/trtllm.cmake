# The TensorRT-LLM backend, where Python's embedding headers are. It runs with the Python it is built
# with: for another than the default, configure with -DPython3_ROOT_DIR=… (docs/gpu.md).
set(R1_TRTLLM_FILES "")
set(R1_TRTLLM_TARGETS "")
find_package(Python3 3.10 COMPONENTS Development.Embed)
if(NOT Python3_Development.Embed_FOUND)
  message(STATUS "trtllm backend skipped: Python development headers not found")
  return()
endif()
message(STATUS "trtllm backend: Python ${Python3_VERSION}")

set(driver "${CMAKE_SOURCE_DIR}/src/main/python")
set(driver_archive "${CMAKE_BINARY_DIR}/r1_trtllm.zip")
file(GLOB driver_files RELATIVE "${driver}" CONFIGURE_DEPENDS "${driver}/r1_trtllm/*.py")
list(TRANSFORM driver_files PREPEND "${driver}/" OUTPUT_VARIABLE driver_sources)
add_custom_command(OUTPUT "${driver_archive}"
  COMMAND ${CMAKE_COMMAND} -E tar cf "${driver_archive}" --format=zip --mtime=2000-01-01
          -- ${driver_files}
  WORKING_DIRECTORY "${driver}"
  DEPENDS ${driver_sources}
  VERBATIM)
add_custom_target(r1_trtllm_driver DEPENDS "${driver_archive}")

add_library(r1_trtllm SHARED
  ${sources}/trtllm/commands.cpp
  ${sources}/trtllm/conversions.cpp
  ${sources}/trtllm/interpreter.cpp
  ${sources}/trtllm/native_module.cpp
  ${sources}/trtllm/session.cpp
  ${sources}/trtllm/trtllm_backend.cpp)
target_include_directories(r1_trtllm SYSTEM PRIVATE ${Python3_INCLUDE_DIRS})
target_link_libraries(r1_trtllm PRIVATE
  r1_warnings ${Python3_LIBRARIES} Threads::Threads ${CMAKE_DL_LIBS})
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_link_options(r1_trtllm PRIVATE -Wl,-s)
endif()

set(R1_TRTLLM_FILES "$<TARGET_FILE:r1_trtllm>" "${driver_archive}")
set(R1_TRTLLM_TARGETS r1_trtllm r1_trtllm_driver)
