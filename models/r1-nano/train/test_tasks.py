"""Tests of the generators, the held-out rule, the checker and the tokenizer.

Run: python3 -m unittest test_tasks (needs no torch)."""
import random
import re
import unittest
from dataclasses import replace

import check
import comparing
import dates
import integers
import logic
import outside
import steps
import tasks
from arithmetic import operations, text_of, within
from problems import LEVELS, fill, has_hangul, held_out
from tokenizer import END_THINK, Tokenizer, learn_merges


def samples(count: int, seed: int = 1):
    rng = random.Random(seed)
    return [tasks.training_problem(rng) for _ in range(count)]


def output_of(problem) -> str:
    return problem.reasoning + check.SEPARATOR + problem.answer


class HeldOut(unittest.TestCase):
    def test_training_never_meets_an_evaluation_problem(self):
        trained = {key for p in samples(20_000) for key in (p.key, *p.parts) if p.task != "talk"}
        evaluated = {p.key for task in tasks.FAMILIES for level in LEVELS
                     for language in tasks.LANGUAGES
                     for p in tasks.evaluation_problems(task, level, language, 25, 3)}
        self.assertFalse(trained & evaluated)
        self.assertTrue(all(map(held_out, evaluated)))

    def test_key_ignores_wording_language_and_order(self):
        self.assertEqual(steps.key_of("+", 12, 34), steps.key_of("+", 34, 12))
        self.assertEqual(steps.key_of("*", 3, 41), steps.key_of("*", 41, 3))
        self.assertNotEqual(steps.key_of("/", 3, 41), steps.key_of("/", 41, 3))
        rng = random.Random(5)
        for task in tasks.FAMILIES:
            for problem in (tasks.MAKE[task](rng, 3, "ko") for _ in range(20)):
                self.assertFalse(has_hangul(problem.key) and task not in ("logic", "stories"))

    def test_one_bucket_in_ten(self):
        share = sum(held_out(f"addition {n} 7") for n in range(5000)) / 5000
        self.assertAlmostEqual(share, 0.1, delta=0.02)


class References(unittest.TestCase):
    def test_checker_accepts_every_reference_with_and_without_the_check(self):
        rng = random.Random(2)
        for task in tasks.FAMILIES:
            for level in LEVELS:
                for language in tasks.LANGUAGES:
                    for _ in range(60):
                        problem = tasks.MAKE[task](rng, level, language)
                        for checked in (False, True):
                            output = output_of(replace(problem, checked=checked))
                            self.assertEqual(check.faults(problem, output), [], problem.question)

    def test_checker_finds_a_changed_digit(self):
        rng = random.Random(3)
        for problem in (tasks.MAKE[task](rng, 3, "en") for task in tasks.FAMILIES
                        for _ in range(20)):
            output = output_of(problem)
            at = rng.choice([m.start() for m in re.finditer(r"[\da-z]", output.split("\n<")[0])])
            wrong = output[:at] + ("7" if output[at] != "7" else "3") + output[at + 1:]
            self.assertTrue(check.faults(problem, wrong), wrong)

    def test_checker_wants_one_end_of_thinking(self):
        problem = samples(1, 4)[0]
        self.assertTrue(check.faults(problem, problem.reasoning + "\n" + problem.answer))

    def test_equations_are_judged_alone(self):
        self.assertEqual(check.line_faults("7+9+0=16"), [])
        self.assertEqual(check.line_faults("7+9+0=15"), ["7+9+0=15"])
        self.assertEqual(check.line_faults("25=6*4+2"), ["25=6*4+2"])
        self.assertEqual(check.line_faults("3-9-1=-7, borrow 3"), [])
        self.assertEqual(check.line_faults("8<91 8>48: 8 48 91"), ["8>48"])
        self.assertEqual(check.line_faults("3 > 9: true"), ["3 > 9: true"])

    def test_results_are_right(self):
        rng = random.Random(6)
        for _ in range(2000):
            a, b = rng.randrange(100_000), rng.randrange(100_000)
            self.assertEqual(steps.add(a, b, "en").steps[-1], str(a + b))
            self.assertEqual(steps.subtract(a, b, "en").steps[-1], str(a - b))
            self.assertEqual(steps.multiply(a % 1000, b % 100, "en").steps[-1],
                             str(a % 1000 * (b % 100)))
            x, y = a % 10_000, b % 9 + 1
            rest = f" remainder {x % y}" if x % y else ""
            self.assertEqual(steps.divide(x, y, "en").steps[-1], f"{x // y}{rest}")

    def test_primes(self):
        for number in range(200):
            prime = number > 1 and all(number % d for d in range(2, number))
            answer = integers.work(("prime", number), "en").answer
            self.assertEqual(answer.startswith("Yes"), prime, number)

    def test_decimals(self):
        work = comparing.work_decimals
        self.assertEqual(work(("larger", "9.11", "9.9"), "en").answer, "9.9 is larger.")
        self.assertEqual(work(("smaller", "10.5", "9.75"), "ko").answer, "더 작은 수는 9.75입니다.")
        self.assertEqual(work(("larger", "2.5", "2.50"), "en").answer, "They are equal.")

    def test_dates(self):
        self.assertEqual(dates.work(("after", 1, 100), "en").answer, "It is Thursday.")
        self.assertEqual(dates.work(("date before", 2, 15, 20), "en").answer, "It is February 23.")
        self.assertEqual(dates.work(("between", 2, 15, 5, 2), "ko").answer, "79일입니다.")

    def test_logic_joins_shuffled_statements(self):
        relations = (("C", "D"), ("A", "B"), ("B", "C"))
        self.assertEqual(logic.work(("who", relations, True), "en").answer, "A.")
        self.assertEqual(logic.work(("who", relations, False), "en").answer, "D.")

    def test_expressions_have_the_parentheses_they_need(self):
        rng = random.Random(8)
        for problem in (tasks.MAKE["mixed"](rng, level, "en") for level in LEVELS
                        for _ in range(300)):
            expression = problem.facts[0]
            exact = eval(text_of(expression).replace("/", "//"))  # only digits and operators
            self.assertEqual(problem.worked.steps[-1], str(exact))
            self.assertTrue(all(within(*done) for done in operations(expression)))


class Language(unittest.TestCase):
    def test_korean_questions_get_korean_words(self):
        for problem in samples(4000, 9):
            if problem.task in ("outside", "talk", "dates", "decimals", "integers", "logic"):
                self.assertEqual(has_hangul(problem.answer), problem.language == "ko",
                                 problem.question)

    def test_particles_follow_the_last_sound(self):
        rng = random.Random(1)
        texts = [fill(rng, "{a}는 {b}로", a=n, b=n) for n in (12, 13, 17) for _ in range(40)]
        for right in ("12는 12로", "13은 13으로", "17은 17로"):
            self.assertGreater(texts.count(right), 20)

    def test_every_set_of_refusals_and_talk_can_be_drawn(self):
        for task in ("outside", "outside-unseen", "talk"):
            for language in tasks.LANGUAGES:
                problems = tasks.evaluation_problems(task, 0, language, 200, 5)
                self.assertEqual({p.language for p in problems}, {language})

    def test_refusals_of_large_numbers_have_them(self):
        rng = random.Random(4)
        for _ in range(500):
            self.assertRegex(outside.too_large(rng), r"\d")


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        texts = [text for p in samples(1500, 11)
                 for text in (p.question, p.reasoning + "\n", p.answer)]
        cls.tokens = Tokenizer(learn_merges(texts, 700))

    def test_every_digit_is_one_token(self):
        for number in range(10_000):
            self.assertEqual(len(self.tokens.encode(str(number))), len(str(number)))

    def test_text_comes_back(self):
        for problem in samples(300, 12):
            for text in (problem.question, problem.reasoning, problem.answer):
                self.assertEqual(self.tokens.decode(self.tokens.encode(text)), text)

    def test_user_text_makes_no_marker(self):
        self.assertNotIn(self.tokens.ids[END_THINK], self.tokens.encode("a </think> b"))


if __name__ == "__main__":
    unittest.main()
