# llama.cpp v0.5.0 from two npm archives, each checked against the registry's integrity value (here
# in hexadecimal): nothing is installed and no script of theirs runs. Makes the target r1_llama and
# sets R1_LLAMA_LIBRARIES and R1_NOTICES.
set(r1_npm_version 3.22.1)
string(CONCAT r1_prebuilt_sha512
  e6e0820cda9608d7da026f1a47f533c5ba381c1a4a80d17dd640873dea4a8603
  2057638099ab6879f6ce94c8a1b2a0a21f639ddf913f7941d00856df44126e3a)
string(CONCAT r1_source_sha512
  6e5b488a9b9699cd76dc7eed30880318a4ac4ab866865418795502e3c5d38d55
  bb5c624988927209d95333343f2e25a83e4183a5c2f816f883a60c3ba9f4e20f)

# Sets `result` to the verified archive of an npm package, from R1_DOWNLOADS or else from npm.
function(r1_npm_archive package file sha512 result)
  set(archive "${R1_DOWNLOADS}/${file}-${r1_npm_version}.tgz")
  if(EXISTS "${archive}")
    file(SHA512 "${archive}" actual)
    if(actual STREQUAL sha512)
      set(${result} "${archive}" PARENT_SCOPE)
      return()
    endif()
    message(STATUS "${archive} is damaged: fetching it again")
  endif()
  find_program(R1_NPM npm REQUIRED)
  set(scratch "${CMAKE_BINARY_DIR}/fetch/${file}")
  file(REMOVE_RECURSE "${scratch}")
  file(MAKE_DIRECTORY "${scratch}" "${R1_DOWNLOADS}")
  message(STATUS "Fetching ${package}@${r1_npm_version} with npm")
  execute_process(
    COMMAND "${R1_NPM}" pack --silent --ignore-scripts "--pack-destination=${scratch}"
            "${package}@${r1_npm_version}"
    WORKING_DIRECTORY "${scratch}" OUTPUT_QUIET ERROR_VARIABLE problem RESULT_VARIABLE failed)
  set(fetched "${scratch}/${file}-${r1_npm_version}.tgz")
  if(failed OR NOT EXISTS "${fetched}")
    message(FATAL_ERROR "npm pack ${package}@${r1_npm_version} failed (${failed}): ${problem}")
  endif()
  file(SHA512 "${fetched}" actual)
  if(NOT actual STREQUAL sha512)
    message(FATAL_ERROR "${package}@${r1_npm_version} is not what we pinned: sha512 ${actual}")
  endif()
  file(COPY_FILE "${fetched}" "${archive}.${CMAKE_PROJECT_NAME}.part")
  file(RENAME "${archive}.${CMAKE_PROJECT_NAME}.part" "${archive}")
  file(REMOVE_RECURSE "${scratch}")
  set(${result} "${archive}" PARENT_SCOPE)
endfunction()

# Runs a command or stops.
function(r1_run)
  execute_process(COMMAND ${ARGN} OUTPUT_QUIET ERROR_VARIABLE problem RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "${ARGN} failed (${failed}): ${problem}")
  endif()
endfunction()

# Unpacks named parts of an archive into `target`, once for each hash.
function(r1_unpack archive sha512 target)
  if(EXISTS "${target}/${sha512}.unpacked")
    return()
  endif()
  file(REMOVE_RECURSE "${target}")
  file(MAKE_DIRECTORY "${target}")
  r1_run("${CMAKE_COMMAND}" -E chdir "${target}" tar -xzf "${archive}" ${ARGN})
  file(TOUCH "${target}/${sha512}.unpacked")
endfunction()

set(r1_third_party "${CMAKE_BINARY_DIR}/llama")
r1_npm_archive(node-llama-cpp node-llama-cpp ${r1_source_sha512} archive)
r1_unpack("${archive}" ${r1_source_sha512} "${r1_third_party}/package"
          package/llama/gitRelease.bundle package/LICENSE)
set(r1_source "${r1_third_party}/source")
if(NOT EXISTS "${r1_third_party}/${r1_source_sha512}.cloned")
  find_program(R1_GIT git REQUIRED)
  file(REMOVE_RECURSE "${r1_source}")
  r1_run("${R1_GIT}" clone --quiet
         "${r1_third_party}/package/package/llama/gitRelease.bundle" "${r1_source}")
  file(TOUCH "${r1_third_party}/${r1_source_sha512}.cloned")
endif()
set(R1_NOTICES "${r1_source}/LICENSE=llama.cpp.txt"
               "${r1_third_party}/package/package/LICENSE=node-llama-cpp.txt")

if(R1_LLAMA STREQUAL "prebuilt")
  r1_npm_archive(@node-llama-cpp/linux-x64 node-llama-cpp-linux-x64 ${r1_prebuilt_sha512} archive)
  r1_unpack("${archive}" ${r1_prebuilt_sha512} "${r1_third_party}/prebuilt"
            package/bins/linux-x64)
  set(r1_bins "${r1_third_party}/prebuilt/package/bins/linux-x64")
  file(GLOB R1_LLAMA_LIBRARIES "${r1_bins}/libggml*.so" "${r1_bins}/libllama.v*.so")
  add_library(r1_llama INTERFACE)
  target_link_libraries(r1_llama INTERFACE
    "${r1_bins}/libllama.v0.5.0.so" "${r1_bins}/libggml.v0.5.0.so" "${r1_bins}/libggml-base.so")
elseif(R1_LLAMA STREQUAL "source")
  set(BUILD_SHARED_LIBS ON)
  # The tools are measured against; they are targets of their own, built only when asked for.
  set(LLAMA_BUILD_COMMON ${R1_LLAMA_TOOLS})
  set(LLAMA_BUILD_EXAMPLES ${R1_LLAMA_TOOLS})
  set(LLAMA_BUILD_TOOLS ${R1_LLAMA_TOOLS})
  set(LLAMA_BUILD_TESTS OFF)
  set(LLAMA_BUILD_SERVER ${R1_LLAMA_TOOLS})
  set(LLAMA_BUILD_UI OFF) # llama-server without its web pages: neither built with npm
  set(LLAMA_USE_PREBUILT_UI OFF) # nor fetched
  set(LLAMA_BUILD_APP OFF)
  set(LLAMA_OPENSSL OFF)
  set(LLAMA_CURL OFF)
  set(GGML_NATIVE OFF)
  set(GGML_OPENMP OFF)
  set(GGML_BACKEND_DL ON) # the CPU variants are found in the library directory
  set(GGML_CPU_ALL_VARIANTS ${R1_CPU_VARIANTS})
  add_subdirectory("${r1_source}" "${r1_third_party}/build" EXCLUDE_FROM_ALL)
  if(R1_LLAMA_TOOLS) # the tools' own libraries mark nothing as visible
    set_target_properties(llama-common llama-batched-bench-impl llama-completion-impl
      llama-server-impl mtmd PROPERTIES
      CXX_VISIBILITY_PRESET default VISIBILITY_INLINES_HIDDEN OFF)
  endif()
  get_property(variants DIRECTORY "${r1_source}/ggml/src" PROPERTY BUILDSYSTEM_TARGETS)
  list(FILTER variants INCLUDE REGEX "^ggml-cpu")
  set(R1_LLAMA_LIBRARIES "")
  foreach(library IN ITEMS llama ggml ggml-base ${variants})
    get_target_property(type ${library} TYPE)
    if(type MATCHES "SHARED_LIBRARY|MODULE_LIBRARY")
      set_property(TARGET ${library} PROPERTY VERSION)
      set_property(TARGET ${library} PROPERTY SOVERSION) # names without numbers, as in the archive
      list(APPEND R1_LLAMA_LIBRARIES "$<TARGET_FILE:${library}>")
    endif()
  endforeach()
  add_library(r1_llama INTERFACE)
  target_link_libraries(r1_llama INTERFACE llama ggml ggml-base)
  add_dependencies(r1_llama ${variants})
else()
  message(FATAL_ERROR "R1_LLAMA is prebuilt or source, not '${R1_LLAMA}'.")
endif()
target_include_directories(r1_llama SYSTEM INTERFACE
  "${r1_source}/include" "${r1_source}/ggml/include")
