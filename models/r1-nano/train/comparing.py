"""Comparison of decimals, and ordering of whole numbers."""
import random

from problems import Problem, Worked, fill, operand, vary
from steps import pairs

LARGER = {
    "en": ("Which is larger, {a} or {b}?", "Which is bigger, {a} or {b}?", "{a} or {b}?",
           "Which number is larger: {a} or {b}?", "Which is greater, {a} or {b}?",
           "What is larger, {a} or {b}?", "Compare {a} and {b}.", "{a} or {b}, which is larger?",
           "Which one is bigger: {a} or {b}?", "Which of {a} and {b} is the larger number?",
           "What's bigger, {a} or {b}?", "{a} vs {b}: which is larger?"),
    "ko": ("{a}와 {b} 중 어느 것이 더 큽니까?", "{a}와 {b} 중 더 큰 수는?", "{a}와 {b} 중 뭐가 더 커?",
           "{a}와 {b}를 비교해 줘.", "{a}하고 {b} 중에 어느 게 더 커?", "더 큰 수는? {a}, {b}",
           "{a}와 {b} 중 큰 수는 무엇입니까?", "{a}와 {b} 중 어느 수가 더 큰가요?"),
}
SMALLER = {
    "en": ("Which is smaller, {a} or {b}?", "Which number is smaller: {a} or {b}?",
           "Which is less, {a} or {b}?", "What is smaller, {a} or {b}?",
           "{a} or {b}, which is smaller?"),
    "ko": ("{a}와 {b} 중 어느 것이 더 작습니까?", "{a}와 {b} 중 더 작은 수는?",
           "{a}와 {b} 중 뭐가 더 작아?", "{a}와 {b} 중 작은 수는 무엇입니까?"),
}
IS_LARGER = {
    "en": ("Is {a} larger than {b}?", "Is {a} bigger than {b}?", "Is {a} greater than {b}?",
           "Is {a} > {b}?"),
    "ko": ("{a}는 {b}보다 큽니까?", "{a}가 {b}보다 커?", "{a}는 {b}보다 큰가요?"),
}
ANSWERS = {
    "en": {"larger": "{x} is larger.", "smaller": "{x} is smaller.", "equal": "They are equal.",
           True: "Yes, {a} is larger than {b}.", False: "No, {a} is not larger than {b}."},
    "ko": {"larger": "더 큰 수는 {x}입니다.", "smaller": "더 작은 수는 {x}입니다.",
           "equal": "두 수는 같습니다.", True: "네, {a} > {b}입니다.",
           False: "아니요, {a} > {b}가 아닙니다."},
}
QUESTIONS = {"larger": LARGER, "smaller": SMALLER, "is": IS_LARGER}


def padded(text: str, whole: int, places: int) -> str:
    """9.9 as 09.90, for 2 digits before the point and 2 after it."""
    before, _, after = text.partition(".")
    return before.zfill(whole) + (f".{after.ljust(places, '0')}" if places else "")


def work_decimals(facts: tuple, language: str) -> Worked:
    """Pads both to equal length and compares digit by digit. facts: (kind, a, b) as texts"""
    kind, a, b = facts
    whole = max(len(a.partition(".")[0]), len(b.partition(".")[0]))
    places = max(len(a.partition(".")[2]), len(b.partition(".")[2]))
    x, y = padded(a, whole, places), padded(b, whole, places)
    lines = pairs(x.replace(".", ""), y.replace(".", ""))
    sign, answers = lines[-1][-1], ANSWERS[language]
    if kind == "is":
        answer = answers[sign == ">"].format(a=a, b=b)
    elif sign == "=":
        answer = answers["equal"]
    else:
        answer = answers[kind].format(x=a if (sign == ">") == (kind == "larger") else b)
    return Worked([f"{a}, {b}", x, y, *lines, f"{a} {sign} {b}"], answer)


def decimal(rng: random.Random, whole: int, places: int) -> str:
    return f"{operand(rng, whole)}" + ("." + "".join(
        rng.choice("0123456789") for _ in range(places)) if places else "")


def two_decimals(rng: random.Random, level: int) -> tuple[str, str]:
    """Up to `level` places; mostly the same whole part, often with the same first places."""
    whole = rng.randint(1, min(3, 1 + level // 2))
    places = [level, rng.randint(1 if level < 3 else 0, level)]
    a = decimal(rng, whole, places[0])
    b = decimal(rng, rng.randint(1, whole), places[1])
    if rng.random() < 0.7 and places[1]:
        same = len(a.partition(".")[0]) + 1 + rng.randint(0, places[1] - 1)
        b = a[:same] + b.partition(".")[2][same - len(a.partition(".")[0]) - 1:]
    elif rng.random() < 0.15:
        b = a.rstrip("0") + "0" if rng.random() < 0.5 else a
    return (a, b) if rng.random() < 0.5 else (b, a)


def decimals(rng: random.Random, level: int, language: str) -> Problem:
    a, b = two_decimals(rng, level)
    kind = rng.choices(["larger", "smaller", "is"], [6, 2, 2])[0]
    question = fill(rng, rng.choice(QUESTIONS[kind][language]), a=a, b=b)
    facts = (kind, a, b)
    return Problem("decimals", level, language, vary(rng, question), work_decimals(facts, language),
                   "decimals " + " ".join(sorted((a, b))), facts, kind=kind)


SORT = {
    "up": {
        "en": ("Sort {n} in ascending order.", "Sort these numbers: {n}.", "Sort {n}.",
               "Put {n} in order.", "Order {n} from smallest to largest.",
               "Arrange {n} from smallest to largest.", "Sort: {n}", "Put {n} in ascending order."),
        "ko": ("{n}를 작은 순서대로 나열하세요.", "{n} 오름차순으로 정렬해 줘.", "{n} 정렬해 줘.",
               "{n}를 작은 수부터 정렬하세요.", "작은 순서대로 나열: {n}", "{n}를 순서대로 써 줘."),
    },
    "down": {
        "en": ("Sort {n} in descending order.", "Order {n} from largest to smallest.",
               "Arrange {n} from largest to smallest.", "Put {n} in descending order."),
        "ko": ("{n}를 큰 순서대로 나열하세요.", "{n} 내림차순으로 정렬해 줘.",
               "{n}를 큰 수부터 정렬하세요.", "큰 순서대로 나열: {n}"),
    },
    "largest": {
        "en": ("Which is the largest: {n}?", "What is the largest of {n}?",
               "Which number is the largest: {n}?", "Find the largest: {n}", "Biggest of {n}?"),
        "ko": ("{n} 중 가장 큰 수는?", "{n} 중에서 제일 큰 수는 무엇입니까?", "가장 큰 수는? {n}"),
    },
    "smallest": {
        "en": ("Which is the smallest: {n}?", "What is the smallest of {n}?",
               "Which number is the smallest: {n}?", "Find the smallest: {n}", "Smallest of {n}?"),
        "ko": ("{n} 중 가장 작은 수는?", "{n} 중에서 제일 작은 수는 무엇입니까?", "가장 작은 수는? {n}"),
    },
}


def insertions(numbers: tuple[int, ...]) -> list[str]:
    """Each number is compared from the right end of the sorted list and put in its place."""
    done, lines = [numbers[0]], [str(numbers[0])]
    for number in numbers[1:]:
        at, seen = len(done), []
        while at and number < done[at - 1]:
            seen.append(f"{number}<{done[at - 1]}")
            at -= 1
        if at:
            seen.append(f"{number}>{done[at - 1]}")
        done.insert(at, number)
        lines.append(" ".join(seen) + ": " + " ".join(map(str, done)))
    return lines


def best_so_far(numbers: tuple[int, ...], largest: bool) -> list[str]:
    best, lines = numbers[0], [str(numbers[0])]
    for number in numbers[1:]:
        sign = "<" if number < best else ">"
        line = f"{number}{sign}{best}: "
        best = max(best, number) if largest else min(best, number)
        lines.append(line + str(best))
    return lines


def work_ordering(facts: tuple, language: str) -> Worked:
    """facts: (kind, numbers)"""
    kind, numbers = facts
    head = ", ".join(map(str, numbers))
    if kind in ("largest", "smallest"):
        lines = best_so_far(numbers, kind == "largest")
        return Worked([head, *lines], lines[-1].rpartition(" ")[2])
    answer = ", ".join(map(str, sorted(numbers, reverse=kind == "down")))
    return Worked([head, *insertions(numbers)], answer)


def ordering(rng: random.Random, level: int, language: str) -> Problem:
    """3 to 5 numbers, of two digits, at level 4 of up to three."""
    count, top = min(level + 2, 5), 1000 if level == 4 else 100
    numbers = tuple(rng.sample(range(1, top), count))
    if rng.random() < 0.3:  # close to one another
        start = rng.randrange(1, top - 12)
        numbers = tuple(rng.sample(range(start, start + 12), count))
    kind = rng.choices(["up", "down", "largest", "smallest"], [4, 2, 2, 2])[0]
    listed = ", ".join(map(str, numbers))
    if language == "en" and rng.random() < 0.3:
        listed = listed.rpartition(", ")[0] + f" and {numbers[-1]}"
    question = fill(rng, rng.choice(SORT[kind][language]), n=listed)
    facts = (kind, numbers)
    return Problem("ordering", level, language, vary(rng, question), work_ordering(facts, language),
                   f"ordering {' '.join(map(str, sorted(numbers)))}", facts, kind=kind)
