"""STAND-IN for torch. Not PyTorch: only what r1_trtllm hands to the stand-in for tensorrt_llm."""

float32 = "torch.float32"


class Tensor:
    """One row of numbers."""

    def __init__(self, values, dtype):
        self._values, self.dtype = values, dtype

    def dim(self):
        return 1

    def numel(self):
        return len(self._values)

    def tolist(self):
        return list(self._values)


def tensor(values, dtype):
    return Tensor([float(value) for value in values], dtype)
