"""Simple logic: who is tallest, and whether joined comparisons are true."""
import random

from problems import Problem, Worked, fill, vary

NAMES = {
    "en": ("Anna", "Ben", "Carl", "Dora", "Emma", "Finn", "Gina", "Hugo", "Iris", "Jack", "Kate",
           "Leo", "Mia", "Noah", "Olga", "Paul", "Rosa", "Sam", "Tom", "Vera"),
    "ko": ("민수", "지우", "서연", "하준", "수진", "도윤", "유나", "은호", "소라", "태민", "지훈", "미나",
           "현우", "가은", "동현", "나리"),
}
# more than, less than; who has most, who has least
RELATIONS = {
    "en": (("taller", "shorter", "tallest", "shortest"), ("older", "younger", "oldest", "youngest"),
           ("faster", "slower", "fastest", "slowest"),
           ("heavier", "lighter", "heaviest", "lightest"),
           ("richer", "poorer", "richest", "poorest")),
    "ko": (("키가 큽니다", "키가 작습니다", "가장 키가 큰", "가장 키가 작은"),
           ("나이가 많습니다", "나이가 적습니다", "가장 나이가 많은", "가장 나이가 적은"),
           ("빠릅니다", "느립니다", "가장 빠른", "가장 느린"),
           ("무겁습니다", "가볍습니다", "가장 무거운", "가장 가벼운")),
}
STATEMENT = {"en": "{a} is {r} than {b}.", "ko": "{a}는 {b}보다 {r}."}
WHO = {"en": ("Who is the {s}?", "Who is {s}?"),
       "ko": ("{s} 사람은 누구입니까?", "누가 {s} 사람입니까?", "{s} 사람은?")}
WHO_ANSWER = {"en": "{a}.", "ko": "{a}입니다."}
COUNTS = {1: 3, 2: 3, 3: 4, 4: 5}

TRUTH = {"en": ("Is it true that {s}?", "True or false: {s}", "True or false? {s}"),
         "ko": ("{s}: 참입니까, 거짓입니까?", "참 또는 거짓: {s}", "{s}은 참이야 거짓이야?")}
JOIN = {"en": {"and": " and ", "or": " or "}, "ko": {"and": " 그리고 ", "or": " 또는 "}}
VALUE = {"en": {True: "true", False: "false"}, "ko": {True: "참", False: "거짓"}}
TRUTH_ANSWER = {"en": {True: "It is true.", False: "It is false."},
                "ko": {True: "참입니다.", False: "거짓입니다."}}


def work_who(relations: tuple, most: bool, language: str) -> Worked:
    """Writes every statement as `more > less` and joins them at their common names.

    relations: (more, less) names in the order of the question"""
    lines = [f"{more} > {less}" for more, less in relations]
    chain, open_ones = list(relations[0]), list(relations[1:])
    while open_ones:
        for pair in open_ones:
            if pair[0] == chain[-1]:
                chain.append(pair[1])
            elif pair[1] == chain[0]:
                chain.insert(0, pair[0])
            else:
                continue
            open_ones.remove(pair)
            break
        lines.append(" > ".join(chain))
    return Worked(lines, WHO_ANSWER[language].format(a=chain[0 if most else -1]))


def holds(left: int, sign: str, right: int) -> bool:
    return left > right if sign == ">" else left < right if sign == "<" else left == right


def work_truth(clauses: tuple, joins: tuple, language: str) -> Worked:
    """Each comparison by itself, then joined from the left."""
    value, join = VALUE[language], JOIN[language]
    truths = [holds(*clause) for clause in clauses]
    lines = [f"{a} {sign} {b}: {value[truth]}" for (a, sign, b), truth in zip(clauses, truths)]
    result = truths[0]
    for word, truth in zip(joins, truths[1:]):
        joined = result and truth if word == "and" else result or truth
        lines.append(f"{value[result]}{join[word]}{value[truth]}: {value[joined]}")
        result = joined
    return Worked(lines, TRUTH_ANSWER[language][result])


def work(facts: tuple, language: str) -> Worked:
    """facts: ("who", relations, most) or ("truth", clauses, joins)"""
    return (work_who if facts[0] == "who" else work_truth)(*facts[1:], language)


def who(rng: random.Random, level: int, language: str) -> Problem:
    """3 to 5 people; from level 2 on the statements are shuffled and some turned round."""
    names = rng.sample(NAMES[language], COUNTS[level])
    links = list(zip(names, names[1:]))
    if level > 1:
        rng.shuffle(links)
    more, less, most, least = rng.choice(RELATIONS[language])
    statements = []
    for high, low in links:
        turned = level > 1 and rng.random() < 0.5
        a, b, relation = (low, high, less) if turned else (high, low, more)
        statements.append(fill(rng, STATEMENT[language], a=a, b=b, r=relation))
    asked_most = rng.random() < 0.5
    question = " ".join(statements) + " " + fill(
        rng, rng.choice(WHO[language]), s=most if asked_most else least)
    facts = ("who", tuple(links), asked_most)
    order = " ".join(str(names.index(high)) for high, _ in links)
    key = f"logic who {sorted(names)[0]} {'>'.join(names)} {order} {asked_most}"
    return Problem("logic", level, language, vary(rng, question), work(facts, language), key, facts,
                   kind="who")


def truth(rng: random.Random, level: int, language: str) -> Problem:
    """Level 1: one digit; 2: two digits; 3: three comparisons; 4: three of three digits."""
    top = (10, 100, 100, 1000)[level - 1]
    count = 2 if level < 3 else 3
    clauses = []
    for _ in range(count):
        a = rng.randrange(top)
        b = rng.randrange(top) if rng.random() < 0.7 else min(top - 1, a + rng.randint(0, 3))
        clauses.append((a, rng.choice(["<", ">", ">", "<", "="]), b))
    joins = tuple(rng.choice(["and", "or"]) for _ in range(count - 1))
    text = " ".join(map(str, clauses[0]))
    for word, clause in zip(joins, clauses[1:]):
        text += JOIN[language][word] + " ".join(map(str, clause))
    facts = ("truth", tuple(clauses), joins)
    question = fill(rng, rng.choice(TRUTH[language]), s=text)
    key = f"logic truth {clauses} {joins}"
    return Problem("logic", level, language, vary(rng, question), work(facts, language), key, facts,
                   kind="truth")


def logic(rng: random.Random, level: int, language: str) -> Problem:
    return (who if rng.random() < 0.6 else truth)(rng, level, language)
