"""Small word problems of one or two operations, in both languages from one template."""
import random
from dataclasses import dataclass

from arithmetic import operations, within, work as work_expression
from problems import Problem, Worked, fill, vary
from steps import key_of

NAMES = {
    "en": ("Anna", "Ben", "Carl", "Dora", "Emma", "Finn", "Gina", "Hugo", "Iris", "Jack", "Kate",
           "Leo", "Mia", "Noah", "Olga", "Paul", "Rosa", "Sam", "Tom", "Vera", "Maria", "John"),
    "ko": ("민수", "지우", "서연", "하준", "수진", "도윤", "유나", "은호", "소라", "태민", "지훈", "미나",
           "현우", "가은", "동현", "나리"),
}
THINGS = (("apples", "사과"), ("pencils", "연필"), ("books", "책"), ("marbles", "구슬"),
          ("cookies", "쿠키"), ("stickers", "스티커"), ("oranges", "오렌지"), ("eggs", "달걀"),
          ("candies", "사탕"), ("balls", "공"), ("cards", "카드"), ("flowers", "꽃"),
          ("stamps", "우표"), ("coins", "동전"), ("cakes", "케이크"), ("pens", "펜"))
HOLDERS = (("boxes", "상자"), ("bags", "봉지"), ("baskets", "바구니"), ("shelves", "선반"),
           ("plates", "접시"))


@dataclass(frozen=True)
class Story:
    """{n} and {m} are names, {t} a thing, {h} what holds things, {a} {b} {c} numbers.

    `expression` names them; `rest` asks for a division's remainder; `unit` is of the answer."""

    expression: tuple
    english: str
    korean: str
    unit: tuple[str, str] = ("{t}", "개")
    rest: bool = False


ONE_STEP = (
    Story(("+", "a", "b"), "{n} has {a} {t} and buys {b} more. How many {t} does {n} have now?",
          "{n}는 {t} {a}개를 가지고 있고 {b}개를 더 샀습니다. {t}는 모두 몇 개입니까?"),
    Story(("+", "a", "b"), "{n} has {a} {t}. {m} gives {n} {b} more. How many does {n} have?",
          "{n}는 {t}가 {a}개 있습니다. {m}가 {b}개를 주었습니다. {n}는 모두 몇 개를 가지고 있습니까?"),
    Story(("+", "a", "b"), "{n} has {a} {t} and {m} has {b} {t}. How many do they have together?",
          "{n}는 {t} {a}개, {m}는 {t} {b}개를 가지고 있습니다. 두 사람은 모두 몇 개를 가지고 있습니까?"),
    Story(("-", "a", "b"), "{n} has {a} {t} and eats {b}. How many are left?",
          "{n}는 {t} {a}개 중에서 {b}개를 먹었습니다. 몇 개 남았습니까?"),
    Story(("-", "a", "b"), "{n} has {a} {t}. {n} gives {b} to {m}. How many {t} are left?",
          "{n}는 {t} {a}개가 있습니다. {m}에게 {b}개를 주었습니다. 몇 개 남았습니까?"),
    Story(("-", "a", "b"), "There are {a} {t} in a box. {n} takes {b} out. How many are left?",
          "상자에 {t}가 {a}개 있습니다. {n}가 {b}개를 꺼냈습니다. 몇 개 남았습니까?"),
    Story(("-", "a", "b"), "{n} has {a} {t} and {m} has {b}. How many more does {n} have?",
          "{n}는 {t} {a}개, {m}는 {b}개를 가지고 있습니다. {n}는 {m}보다 몇 개 더 많습니까?"),
    Story(("*", "a", "b"), "There are {b} {h} with {a} {t} each. How many {t} are there?",
          "{h} {b}개에 {t}가 {a}개씩 들어 있습니다. {t}는 모두 몇 개입니까?"),
    Story(("*", "a", "b"), "{n} buys {b} {h} with {a} {t} in each. How many {t} does {n} buy?",
          "{n}는 {t}가 {a}개씩 든 {h} {b}개를 샀습니다. {t}는 모두 몇 개입니까?"),
    Story(("*", "a", "b"), "One of the {t} costs {a} cents. What do {b} {t} cost?",
          "{t} 하나는 {a}원입니다. {t} {b}개는 얼마입니까?", ("cents", "원")),
    Story(("/", "a", "b"), "{n} shares {a} {t} equally among {b} friends. How many does each get?",
          "{n}는 {t} {a}개를 친구 {b}명에게 똑같이 나누어 줍니다. 한 명은 몇 개를 받습니까?"),
    Story(("/", "a", "b"), "{a} {t} are packed into {b} {h} equally. How many are in each?",
          "{t} {a}개를 {h} {b}개에 똑같이 나누어 담습니다. 하나에 몇 개씩 들어갑니까?"),
)
REST = (
    Story(("/", "a", "b"), "{n} shares {a} {t} equally among {b} friends. How many are left over?",
          "{n}는 {t} {a}개를 친구 {b}명에게 똑같이 나누어 줍니다. 몇 개가 남습니까?", rest=True),
)
TWO_STEPS = (
    Story(("-", ("+", "a", "b"), "c"),
          "{n} has {a} {t}, buys {b} more and gives {c} to {m}. How many does {n} have now?",
          "{n}는 {t} {a}개에서 {b}개를 더 사고 {m}에게 {c}개를 주었습니다. 지금 몇 개입니까?"),
    Story(("+", ("-", "a", "b"), "c"),
          "{n} has {a} {t}. {n} loses {b} and then finds {c}. How many {t} does {n} have now?",
          "{n}는 {t} {a}개가 있습니다. {b}개를 잃어버리고 {c}개를 찾았습니다. 지금 몇 개입니까?"),
    Story(("+", ("*", "a", "b"), "c"),
          "There are {b} {h} with {a} {t} each and {c} more {t}. How many {t} are there?",
          "{h} {b}개에 {t}가 {a}개씩 있고 {t}가 {c}개 더 있습니다. {t}는 모두 몇 개입니까?"),
    Story(("-", ("*", "a", "b"), "c"),
          "{n} has {b} {h} with {a} {t} each and eats {c} {t}. How many {t} are left?",
          "{n}는 {t}가 {a}개씩 든 {h} {b}개를 가지고 있고 {t} {c}개를 먹었습니다. 몇 개 남았습니까?"),
    Story(("*", ("+", "a", "c"), "b"),
          "{b} children each get {a} {t} and {c} more. How many {t} do they get together?",
          "어린이 {b}명이 각각 {t} {a}개와 {c}개를 더 받습니다. 모두 몇 개를 받습니까?"),
    Story(("/", ("+", "a", "c"), "b"),
          "{n} has {a} {t} and {m} has {c}. They share them among {b} friends. "
          "How many does each get?",
          "{n}는 {t} {a}개, {m}는 {c}개를 친구 {b}명에게 똑같이 나누어 줍니다. 한 명은 몇 개를 받습니까?"),
)


def filled(expression, numbers: dict[str, int]):
    if isinstance(expression, str):
        return numbers[expression]
    operator, *sides = expression
    return (operator, *(filled(side, numbers) for side in sides))


def work(facts: tuple, language: str) -> Worked:
    """The steps of the expression; the answer has a unit. facts: (expression, rest, unit)"""
    expression, rest, unit = facts
    worked = work_expression((expression,), language)
    _, first, second = expression
    result = str(first % second) if rest else worked.steps[-1].split(" ")[0]
    answer = f"{result} {unit}." if language == "en" else f"{result}{unit}입니다."
    return Worked(worked.steps, answer, worked.check)


def draw_numbers(rng: random.Random, story: Story, level: int) -> dict[str, int] | None:
    """Numbers that make sense for the story at the level, or None."""
    operator = story.expression[0]
    times = "*" in str(story.expression) or "/" in str(story.expression)
    top = {1: 20, 2: 100, 3: 100, 4: 1000}[level]
    a, c = rng.randint(2, top - 1), rng.randint(2, top - 1)
    b = rng.randint(2, 9) if times else rng.randint(2, top - 1)
    if operator == "/" and not story.rest:
        if isinstance(story.expression[1], str):
            a -= a % b
        else:
            c -= (a + c) % b
    numbers = {"a": a, "b": b, "c": c}
    steps = operations(filled(story.expression, numbers))
    fits = all(within(*step) and (step[0] != "-" or step[1] > step[2]) for step in steps)
    return numbers if fits and min(numbers.values()) > 1 else None


def stories(rng: random.Random, level: int, language: str) -> Problem:
    """Levels 1 and 2: one operation, to 20 and to 100; 3 and 4: mostly two, to 100 and to 1000."""
    choice = ONE_STEP if level < 3 or rng.random() < 0.15 else TWO_STEPS
    if level > 1 and rng.random() < 0.06:
        choice = REST
    numbers = None
    while numbers is None:
        story = rng.choice(choice)
        numbers = draw_numbers(rng, story, level)
    side = 0 if language == "en" else 1
    n, m = rng.sample(NAMES[language], 2)
    slots = {"n": n, "m": m, "t": rng.choice(THINGS)[side], "h": rng.choice(HOLDERS)[side]}
    question = fill(rng, (story.english, story.korean)[side], **slots, **numbers)
    expression = filled(story.expression, numbers)
    facts = (expression, story.rest, story.unit[side].format(**slots))
    number = (*ONE_STEP, *REST, *TWO_STEPS).index(story)
    key = f"story {number} " + " ".join(str(value) for value in numbers.values())
    parts = tuple(key_of(*step) for step in operations(expression))
    return Problem("stories", level, language, vary(rng, question), work(facts, language), key,
                   facts, parts, kind="one" if len(parts) == 1 else "two")
