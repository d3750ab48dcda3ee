"""What the process must look like before torch and MPI load."""

import os
import sys

# A launcher's variables make a second MPI program of this process. trtllm-llmapi-launch drops them
# too; started otherwise (an mpirun around a wrapper), they are still here.
INHERITED = ("OMPI_", "PMIX_", "PMI_")


def prepare(settings):
    """Drops what a launcher left, sets what the settings want, finds the modules.

    Open MPI's own SIGSEGV handler is turned off: the JVM uses that signal.
    """
    for name in [name for name in os.environ if name.startswith(INHERITED)]:
        del os.environ[name]
    os.environ["OMPI_MCA_opal_signal"] = ""
    for name, value in settings.environment.items():
        os.environ[name] = str(value)
    sys.path[:0] = settings.python_path
