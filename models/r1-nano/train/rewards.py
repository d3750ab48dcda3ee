"""R1's rule-based rewards: accuracy, format, language, and a penalty for length."""
import re
from dataclasses import dataclass

from problems import Problem, has_hangul
from tokenizer import END_THINK, Tokenizer

ACCURACY, FORMAT, LANGUAGE = 1.0, 0.2, 0.1
ALLOWED = 1.5  # of the reference's tokens, before length costs
PENALTY = 0.5  # at twice the allowed length, and at most
ENGLISH_WORD = re.compile("[A-Za-z]{3,}")


@dataclass(frozen=True)
class Reward:
    accuracy: float
    format: float
    language: float
    length: float

    @property
    def total(self) -> float:
        return self.accuracy + self.format + self.language + self.length


def speaks(problem: Problem, text: str) -> bool:
    """Whether words, if there are any, are of the question's language; its own words may occur."""
    if problem.language == "en":
        return not has_hangul(text)
    known = problem.question.lower() + "r1-nano deepseek in"
    return all(word.lower() in known for word in ENGLISH_WORD.findall(text))


def reward(problem: Problem, output: list[int], ended: bool, tokens: Tokenizer) -> Reward:
    """Of one sampled output, without its end token; `ended` says that it had one."""
    text = tokens.decode(output)
    reasoning, separator, answer = text.partition("\n" + END_THINK + "\n\n")
    formed = ended and bool(separator and reasoning and answer) and text.count(END_THINK) == 1
    allowed = ALLOWED * len(tokens.output(problem.worked.reasoning(), problem.answer))
    excess = max(0.0, (len(output) + 1) / allowed - 1)
    return Reward(ACCURACY * (formed and answer == problem.answer), FORMAT * formed,
                  LANGUAGE * speaks(problem, reasoning + answer), -PENALTY * min(1.0, excess))
