"""Counting a letter in a word, spelled out with a running count."""
import random

from lexicon import LENGTHS, LETTER_WORDS, invented
from problems import Problem, Worked, fill, vary

QUESTIONS = {
    "en": ("How many {l}'s are in {w}?", "How many {l}'s are in the word {w}?",
           "How many times does {l} occur in {w}?", "How many {l}s are there in {w}?",
           "Count the letter {l} in {w}.", "How often is the letter {l} in {w}?",
           "How many letters {l} are in {w}?", "Count the {l}'s in {w}.",
           "How many {l}'s in {w}?", "How many times is the letter {l} in \"{w}\"?",
           "How many {l}'s does {w} have?", "How many '{l}' are in '{w}'?",
           "How many r's are in {w}?"),
    "ko": ("{w}에 {l}이 몇 개 있어?", "{w}에 {l}가 몇 개 있습니까?", "{w}에는 {l}이 몇 번 나와?",
           "단어 {w}에 글자 {l}이 몇 개 있나요?", "{w}에서 {l}의 개수를 세어 줘.",
           "{w}에 있는 {l}의 개수는?", "\"{w}\"에 '{l}'이 몇 개 있나요?"),
}


def work(facts: tuple, language: str) -> Worked:
    """facts: (letter, word), both small letters"""
    letter, word = facts
    spelled, count = [], 0
    for character in word:
        count += character == letter
        spelled.append(f"{character}{count}" if character == letter else character)
    answer = f"{letter} in {word}: {count}" if language == "en" else f"{word}의 {letter}: {count}개"
    return Worked([f"{letter} in {word}", " ".join(spelled), str(count)], answer)


def word_of(rng: random.Random, level: int) -> str:
    least, most = LENGTHS[level]
    if rng.random() < 0.6:
        word = rng.choice(LETTER_WORDS[level]) if LETTER_WORDS[level] else ""
    else:
        word = ""
        while not least <= len(word) <= most:
            word = (word if len(word) < least else "") + invented(rng)
    return word


def letters(rng: random.Random, level: int, language: str) -> Problem:
    word = word_of(rng, level)
    letter = rng.choice(word) if rng.random() < 0.8 else rng.choice("abcdefghijklmnopqrstuvwxyz")
    repeated = [c for c in word if word.count(c) > 1]
    if repeated and rng.random() < 0.4:
        letter = rng.choice(repeated)
    wording = rng.choice(QUESTIONS[language])
    if "{l}" not in wording:
        letter = "r"
    shown = word.capitalize() if rng.random() < 0.08 else word
    named = letter.upper() if rng.random() < 0.05 else letter
    question = fill(rng, wording, l=named, w=shown)
    facts = (letter, word)
    return Problem("letters", level, language, vary(rng, question), work(facts, language),
                   f"letters {letter} {word}", facts)
