#!/usr/bin/env bash
# Trains, exports and scores r1-nano. Needs Python 3.11 or newer with torch 2.13 and numpy; with
# --library DIR (llama.cpp's shared libraries) it also checks parity and scores the GGUF file.
# Stages: tokenizer cold export evaluate parity (default: all of them, in this order). A stage goes
# on from its last checkpoint. While the file $R1_NANO_PAUSE exists, training sleeps.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work="$here/../work"
steps='' threads=1 seed='' library='' stages='tokenizer cold export evaluate parity' compile=''
while [ $# -gt 0 ]; do
  case $1 in
    --stage) stages=$2 ;;
    --work) work=$2 ;;
    --steps) steps=$2 ;;
    --threads) threads=$2 ;;
    --seed) seed=$2 ;;
    --library) library=$2 ;;
    --compile) compile=--compile; shift; continue ;;
    *) sed -n '2,5p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
mkdir -p "$work"
work=$(cd "$work" && pwd)
cd "$here"
python=${PYTHON:-python3} tokenizer="$work/tokenizer.json"
# large blocks are kept by the allocator: each new tensor would be zeroed anew by the system
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592
export TORCHINDUCTOR_CACHE_DIR="${TORCHINDUCTOR_CACHE_DIR:-$work/inductor}"

for stage in $stages; do
  case $stage in
    tokenizer) [ -f "$tokenizer" ] || "$python" tokenizer.py --out "$tokenizer" ;;
    cold) "$python" sft.py --work "$work/cold" --tokenizer "$tokenizer" $compile \
        --steps "${steps:-12000}" --threads "$threads" --seed "${seed:-1}" ;;
    export) "$python" export.py --checkpoint "$work/cold/checkpoint.pt" \
        --tokenizer "$tokenizer" --out "$work/r1-nano.gguf" --type Q8_0 ;;
    evaluate) "$python" evaluate.py --work "$work/cold" --tokenizer "$tokenizer" \
        --gguf "$work/r1-nano.gguf" --scores "$work/scores.json" --threads "$threads" \
        ${library:+--library "$library"} ;;
    parity)
      if [ -n "$library" ]; then
        "$python" parity.py --library "$library" --checkpoint "$work/cold/checkpoint.pt" \
          --tokenizer "$tokenizer" --scores "$work/scores.json"
      fi ;;
    *) echo "unknown stage: $stage" >&2; exit 2 ;;
  esac
done
