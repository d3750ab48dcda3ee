#!/usr/bin/env bash
# Trains, exports and scores r1-nano. Needs Python 3.11 or newer with torch and numpy; with
# --library DIR (llama.cpp's shared libraries) it also checks parity and scores the GGUF file.
# Stages: tokenizer sft export evaluate parity (default: all of them, in this order), or in an empty
# --work "mend export evaluate parity", to go on from a GGUF: --start FILE (or the committed one).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work="$here/../work"
steps='' device=cpu threads=2 seed='' library='' stages='tokenizer sft export evaluate parity'
start=../r1-nano.gguf
while [ $# -gt 0 ]; do
  case $1 in
    --stage) stages=$2 ;;
    --work) work=$2 ;;
    --steps) steps=$2 ;;
    --device) device=$2 ;;
    --threads) threads=$2 ;;
    --seed) seed=$2 ;;
    --library) library=$2 ;;
    --start) start=$(realpath "$2") ;;
    *) sed -n '2,5p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
mkdir -p "$work"
work=$(cd "$work" && pwd)
cd "$here"

for stage in $stages; do
  case $stage in
    tokenizer) python3 tokenizer.py --out "$work/tokenizer.json" ;;
    sft) python3 sft.py --work "$work" --steps "${steps:-3600}" --device "$device" \
        --threads "$threads" --seed "${seed:-1}" ;;
    mend) python3 sft.py --work "$work" --steps "${steps:-700}" --start "$start" \
        --device "$device" --threads "$threads" --seed "${seed:-2}" ;;
    export) python3 export.py --checkpoint "$work/checkpoint.pt" \
        --tokenizer "$work/tokenizer.json" --out ../r1-nano.gguf --type Q8_0 ;;
    evaluate) python3 evaluate.py --work "$work" --gguf ../r1-nano.gguf --scores ../scores.json \
        --card ../README.md --threads "$threads" ${library:+--library "$library"} ;;
    parity)
      if [ -n "$library" ]; then
        python3 parity.py --library "$library" --checkpoint "$work/checkpoint.pt" \
          --tokenizer "$work/tokenizer.json" --scores ../scores.json
      fi ;;
    *) echo "unknown stage: $stage" >&2; exit 2 ;;
  esac
done
