#include "trtllm/native_module.h"

#include <exception>

#include "trtllm/conversions.h"
#include "trtllm/session.h"

namespace r1::trtllm {
namespace {

// There is one interpreter in a process, and so one session. It is never destroyed: the driver may
// still run when the process exits.
std::shared_ptr<Session> &session() {
  static std::shared_ptr<Session> &bound = *std::make_unique<std::shared_ptr<Session>>().release();
  return bound;
}

// The one place where C++ that throws meets Python.
template <typename Body>
PyObject *call(Body &&body) noexcept {
  try {
    return body();
  } catch (const std::exception &problem) {
    PyErr_SetString(PyExc_RuntimeError, problem.what());
    return nullptr;
  }
}

PyObject *none_if(bool read) { return read ? Py_NewRef(Py_None) : nullptr; }

PyObject *options(PyObject *, PyObject *) {
  return call([] { return options_dict(session()->wanted()).release(); });
}

PyObject *event_fd(PyObject *, PyObject *) {
  return call([] { return PyLong_FromLong(session()->commands().fd()); });
}

PyObject *take(PyObject *, PyObject *) {
  return call([]() -> PyObject * {
    const std::vector<Command> commands = session()->commands().take();
    Ref list(PyList_New(0));
    for (const Command &command : commands) {
      const Ref pair = command_pair(command);
      if (!list || !pair || PyList_Append(list.get(), pair.get()) != 0) {
        return nullptr;
      }
    }
    return list.release();
  });
}

PyObject *progress(PyObject *, PyObject *share) {
  return call([&]() -> PyObject * {
    const double value = PyFloat_AsDouble(share);
    session()->progress(static_cast<float>(value));
    return none_if(PyErr_Occurred() == nullptr);
  });
}

PyObject *loaded(PyObject *, PyObject *arguments) {
  return call([&]() -> PyObject * {
    PyObject *card = nullptr;
    PyObject *encode = nullptr;
    Loaded found;
    if (PyArg_ParseTuple(arguments, "OO", &card, &encode) == 0 || !read_card(card, found)) {
      return nullptr;
    }
    session()->loaded(std::move(found), Ref::borrowed(encode));
    return none_if(true);
  });
}

PyObject *refused(PyObject *, PyObject *arguments) {
  return call([&]() -> PyObject * {
    int is_memory = 0;
    const char *why = nullptr;
    if (PyArg_ParseTuple(arguments, "ps", &is_memory, &why) == 0) {
      return nullptr;
    }
    session()->refused(refuse(is_memory != 0 ? R1_MEMORY : R1_MODEL, why));
    return none_if(true);
  });
}

PyObject *emit(PyObject *, PyObject *list) {
  return call([&]() -> PyObject * {
    NewsList news;
    if (!news.read(list)) {
      return nullptr;
    }
    session()->emit(news.news());
    return none_if(true);
  });
}

PyObject *report(PyObject *, PyObject *numbers) {
  return call([&]() -> PyObject * {
    LoopLoad load;
    if (!read_load(numbers, load)) {
      return nullptr;
    }
    session()->report(load);
    return none_if(true);
  });
}

PyObject *fatal(PyObject *, PyObject *reason) {
  return call([&]() -> PyObject * {
    const char *text = PyUnicode_AsUTF8(reason);
    if (text == nullptr) {
      return nullptr;
    }
    session()->fatal(text);
    return none_if(true);
  });
}

PyMethodDef kMethods[] = {
    {"options", options, METH_NOARGS, "What the engine wants, a dict."},
    {"event_fd", event_fd, METH_NOARGS, "Readable while commands wait."},
    {"take", take, METH_NOARGS, "The commands that wait: (word, value) each."},
    {"progress", progress, METH_O, "The share of loading that is done."},
    {"loaded", loaded, METH_VARARGS, "The model's card, and a function from text to ids."},
    {"refused", refused, METH_VARARGS, "Loading failed: whether for memory, and why."},
    {"emit", emit, METH_O, "News of requests; copies and never waits."},
    {"report", report, METH_O, "The executor's load, in the order of LoopLoad."},
    {"fatal", fatal, METH_O, "Nothing more can come, and why."},
    {nullptr, nullptr, 0, nullptr}};

PyModuleDef kModule = {PyModuleDef_HEAD_INIT,
                       "_r1native",
                       "The engine, as r1_trtllm sees it.",
                       -1,
                       kMethods,
                       nullptr,
                       nullptr,
                       nullptr,
                       nullptr};

}  // namespace

PyObject *init_native_module() { return PyModule_Create(&kModule); }

void bind_native_module(std::shared_ptr<Session> bound) { session() = std::move(bound); }

}  // namespace r1::trtllm
