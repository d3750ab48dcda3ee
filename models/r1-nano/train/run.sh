#!/usr/bin/env bash
# Trains, exports and scores r1-nano. Needs Python 3.11 or newer with torch 2.13 and numpy; with
# --library DIR (llama.cpp's shared libraries) it also checks parity and scores the GGUF file.
# Stages, by default all of them in this order: tokenizer cold score-cold grpo score-grpo reject sft
# final score-final samples distill score-distill primer zero. Each goes on from its last checkpoint
# and a finished one is skipped, so the same command resumes. SIGTERM to a stage's Python stops it
# with a checkpoint. While the file $R1_NANO_PAUSE exists, training sleeps between two steps.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work="$here/../work" threads=1 library='' compile='' again='' tiny='' count=125
stages='tokenizer cold score-cold grpo score-grpo reject sft final score-final'
stages="$stages samples distill score-distill primer zero"
while [ $# -gt 0 ]; do
  case $1 in
    --stage) stages=$2 ;;
    --work) work=$2 ;;
    --threads) threads=$2 ;;
    --library) library=$2 ;;
    --count) count=$2 ;;
    --compile) compile=--compile; shift; continue ;;
    --again) again=yes; shift; continue ;; # train what the repository has weights of
    --tiny) tiny=yes; shift; continue ;; # a few steps of each stage, to see that they run
    *) sed -n '2,7p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
mkdir -p "$work"
work=$(cd "$work" && pwd)
cd "$here"
python=${PYTHON:-python3}
common=(--tokenizer "$work/tokenizer.json" --threads "$threads")
# large blocks are kept by the allocator: each new tensor would be zeroed anew by the system
export MALLOC_MMAP_THRESHOLD_=4294967296 MALLOC_TRIM_THRESHOLD_=8589934592
export TORCHINDUCTOR_CACHE_DIR="${TORCHINDUCTOR_CACHE_DIR:-$work/inductor}"

of() { # a stage's checkpoint: its own, or the weights that the repository has
  if [ ! -f "$work/$1/checkpoint.pt" ] && [ -f "$here/$1.pt" ]; then
    echo "$here/$1.pt"
  else
    echo "$work/$1/checkpoint.pt"
  fi
}
steps() { if [ -n "$tiny" ]; then echo 2; else echo "$1"; fi; }
teach() { # name, steps, further options
  "$python" sft.py --work "$work/$1" --name "$1" --steps "$(steps "$2")" "${common[@]}" \
    $compile "${@:3}"
}
reinforce() { # name, stage to start from, steps, further options
  "$python" grpo.py --work "$work/$1" --name "$1" --start "$(of "$2")" --steps "$(steps "$3")" \
    "${common[@]}" $compile "${@:4}"
}
sample() { # name, stage to sample from, problems, samples of each, seed
  "$python" reject.py --work "$work/$1" --name "$1" --start "$(of "$2")" --problems "$3" \
    --samples "$4" --seed "$5" "${common[@]}"
}
score() { # stage, file
  local gguf="$work/$2.gguf"
  [ ! -f "$work/$1/scored" ] || return 0
  "$python" export.py --checkpoint "$(of "$1")" --tokenizer "$work/tokenizer.json" --out "$gguf" \
    --name "$2" --type Q8_0
  "$python" evaluate.py --checkpoint "$(of "$1")" --gguf "$gguf" --scores "$work/scores.json" \
    --count "$count" --small-count "$((count / 5))" ${library:+--library "$library"} "${common[@]}"
  if [ -n "$library" ]; then
    "$python" parity.py --library "$library" --checkpoint "$(of "$1")" \
      --tokenizer "$work/tokenizer.json" --scores "$work/scores.json" ||
      echo "no parity with llama.cpp for $1: scores.json lacks it" >&2
  fi
  mkdir -p "$work/$1"
  touch "$work/$1/scored"
}

many=$(steps 8000)
more=$(steps 30000)
for stage in $stages; do
  case $stage in
    tokenizer)
      [ -f "$work/tokenizer.json" ] || "$python" tokenizer.py --out "$work/tokenizer.json" ;;
    cold)
      if [ -f "$here/cold.pt" ] && [ "$again" = '' ]; then
        echo "cold: the repository has its weights, cold.pt; --again trains it anew" >&2
      else
        teach cold 3000 --source cold --seed 1
      fi ;;
    score-cold) score cold r1-nano-cold ;;
    grpo) reinforce grpo cold 400 --seed 3 ;;
    score-grpo) score grpo r1-nano-grpo ;;
    reject) sample reject grpo "$many" 8 4 ;;
    sft) teach sft 2000 --source samples --samples "$work/reject/samples.jsonl" \
        --start "$(of cold)" --peak 0.3 --decay 0.9 --seed 5 ;;
    final) reinforce final sft 250 --scope all --seed 6 ;;
    score-final) score final r1-nano ;;
    samples) sample samples final "$more" 2 7 ;;
    distill) teach distill 8000 --source samples --samples "$work/samples/samples.jsonl" \
        --share 1 --distill --seed 8 ;;
    score-distill) score distill r1-nano-distill ;;
    primer) teach primer 1200 --source primer --seed 9 ;;
    zero) reinforce zero primer 400 --scope 'addition 1' --rate 3e-4 --kl 0.005 --seed 10 ;;
    *) echo "unknown stage: $stage" >&2; exit 2 ;;
  esac
done
