"""How people ask for sums, differences, products, quotients and whole expressions."""

EXPRESSION = {
    "en": ("What is {q}?", "What is {q}?", "What is {q}?", "{q}", "{q}", "{q} = ?", "{q}=",
           "{q} =", "{q}=?", "What's {q}?", "{q}?", "How much is {q}?", "Calculate {q}.",
           "Calculate: {q}", "Compute {q}.", "Please compute {q}.", "Solve {q}.", "Solve: {q}",
           "Tell me {q}.", "What does {q} equal?", "Work out {q}.", "Evaluate {q}.", "I need {q}.",
           "Could you calculate {q}, please?", "Hello, what is {q}?", "Hi! What is {q}?",
           "Give me the result of {q}.", "Can you calculate {q}?", "Find {q}.",
           "What is the result of {q}?", "What is the value of {q}?"),
    "ko": ("{q}는?", "{q}는 얼마야?", "{q}는 얼마입니까?", "{q}의 값은?", "{q}를 계산해 줘.",
           "{q}를 계산하세요.", "{q} 계산해 줘", "{q}는 얼마인가요?", "{q}의 답은?", "{q} 얼마야?",
           "{q}의 값을 구하세요.", "{q}를 계산해 주세요.", "안녕, {q}는 얼마야?", "{q}의 결과는?",
           "{q} 답이 뭐야?"),
}

SUM = {
    "en": ("What is {a} plus {b}?", "What's {a} plus {b}?", "{a} plus {b}", "{a} plus {b}?",
           "How much is {a} plus {b}?", "Calculate {a} plus {b}.", "Add {a} and {b}.",
           "Add {a} to {b}.", "Please add {a} and {b}.", "Can you add {a} and {b}?",
           "What is the sum of {a} and {b}?", "The sum of {a} and {b}",
           "Find the sum of {a} and {b}.", "What do you get if you add {a} and {b}?",
           "Hi! What is {a} plus {b}?", "Sum {a} and {b}.", "Add up {a} and {b}."),
    "ko": ("{a} 더하기 {b}는?", "{a}와 {b}를 더해 줘.", "{a} 더하기 {b}는 얼마입니까?",
           "{a}에 {b}를 더하면?", "{a}와 {b}의 합은?", "{a} 더하기 {b}는 얼마야?",
           "{a}와 {b}를 더하면 얼마입니까?", "{a}와 {b}의 합을 구하세요.", "{a} 더하기 {b}"),
}
DIFFERENCE = {
    "en": ("What is {a} minus {b}?", "What's {a} minus {b}?", "{a} minus {b}", "{a} minus {b}?",
           "How much is {a} minus {b}?", "Calculate {a} minus {b}.", "Subtract {b} from {a}.",
           "Please subtract {b} from {a}.", "Can you subtract {b} from {a}?",
           "Take {b} away from {a}.", "Take {b} from {a}.", "Hi! What is {a} minus {b}?",
           "What do you get if you subtract {b} from {a}?"),
    "ko": ("{a} 빼기 {b}는?", "{a}에서 {b}를 빼 줘.", "{a} 빼기 {b}는 얼마입니까?",
           "{a}에서 {b}를 빼면?", "{a} 빼기 {b}는 얼마야?", "{a}에서 {b}를 빼면 얼마입니까?",
           "{a} 빼기 {b}"),
}
PRODUCT = {
    "en": ("What is {a} times {b}?", "What's {a} times {b}?", "{a} times {b}", "{a} times {b}?",
           "How much is {a} times {b}?", "Multiply {a} by {b}.", "Multiply {a} and {b}.",
           "What is the product of {a} and {b}?", "Find the product of {a} and {b}.",
           "Can you multiply {a} by {b}?", "What is {a} multiplied by {b}?",
           "What do you get if you multiply {a} and {b}?", "Calculate {a} times {b}."),
    "ko": ("{a} 곱하기 {b}는?", "{a}와 {b}를 곱해 줘.", "{a} 곱하기 {b}는 얼마입니까?",
           "{a}에 {b}를 곱하면?", "{a}와 {b}의 곱은?", "{a} 곱하기 {b}는 얼마야?",
           "{a}와 {b}의 곱을 구하세요.", "{a} 곱하기 {b}"),
}
QUOTIENT = {
    "en": ("What is {a} divided by {b}?", "What's {a} divided by {b}?", "{a} divided by {b}",
           "{a} divided by {b}?", "How much is {a} divided by {b}?", "Divide {a} by {b}.",
           "Please divide {a} by {b}.", "Can you divide {a} by {b}?", "{a} over {b}",
           "What do you get if you divide {a} by {b}?", "Calculate {a} divided by {b}.",
           "What are the quotient and the remainder of {a} divided by {b}?",
           "How many times does {b} go into {a}?"),
    "ko": ("{a} 나누기 {b}는?", "{a}를 {b}로 나눠 줘.", "{a} 나누기 {b}는 얼마입니까?",
           "{a}를 {b}로 나누면?", "{a} 나누기 {b}는 얼마야?", "{a}를 {b}로 나눈 몫과 나머지는?",
           "{a}를 {b}로 나누세요.", "{a} 나누기 {b}"),
}
SPOKEN = {"+": SUM, "-": DIFFERENCE, "*": PRODUCT, "/": QUOTIENT}
SIGNS = {"+": ("+",), "-": ("-", "-", "-", "-", "−"), "*": ("*", "*", "×", "×", "x"),
         "/": ("/", "/", "÷", "÷", ":")}
