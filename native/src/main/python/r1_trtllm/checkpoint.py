"""What a Hugging Face checkpoint directory says of its model."""

import json
import os


def read(directory, name):
    """A JSON file of the checkpoint, {} if it has none of this name."""
    try:
        with open(os.path.join(directory, name), encoding="utf-8") as text:
            return json.load(text)
    except FileNotFoundError:
        return {}


def end_ids(directory, tokenizer_end):
    """The ids that end an output, the tokenizer's own first, without repetition."""
    listed = read(directory, "generation_config.json").get("eos_token_id", [])
    listed = listed if isinstance(listed, list) else [listed]
    every = [*([] if tokenizer_end is None else [tokenizer_end]), *listed]
    return list(dict.fromkeys(every))


def weight_bytes(directory):
    """What the files of the checkpoint have in all."""
    paths = [os.path.join(directory, name) for name in os.listdir(directory)]
    return sum(os.path.getsize(path) for path in paths if os.path.isfile(path))
