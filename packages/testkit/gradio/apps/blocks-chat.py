"""Chats that their authors built from parts, with other inputs in other places. TWIN_VARIANT:

    sliders         /generate(history, max_tokens, message, temperature, top_p, top_k) -> (history), four sliders between
    system_first    /respond(system, message, history, temperature) -> (message, history)
    textbox         /predict of a gr.Interface: text in, text out
    answer          /ask(message, history, system) -> (text), a history in and no history out
    messages        /chat(messages as JSON) -> (text)
    two             /chat_small and /chat_large, two chats in one app
    unnamed         the function has no name

TWIN_API_NAME is another name for the function of `sliders` and `system_first`.
"""

import os

import gradio as gr
from support import answers, chatbot, logged, on, turns, variant

kind = variant("sliders", "system_first", "textbox", "answer", "messages", "two", "unnamed")


def generate(history, max_tokens, message, temperature, top_p, top_k):
    controls = {"max_tokens": max_tokens, "temperature": temperature, "top_p": top_p, "top_k": top_k}
    for text in answers(message, message=message, history=history, **controls):
        yield turns(history, message, text)


def respond(system, message, history, temperature):
    for text in answers(message, message=message, history=history, system=system, temperature=temperature):
        yield "", turns(history, message, text)


def ask(message, history, system):
    yield from answers(message, message=message, history=history, system=system)


def chat(messages):
    yield from answers(messages[-1]["content"], messages=messages)


def chat_small(message, history):
    for text in answers(message, size="small", message=message, history=history):
        yield turns(history, message, text)


def chat_large(message, history):
    for text in answers(message, size="large", message=message, history=history):
        yield turns(history, message, text)


def unnamed(message, history):
    yield from chat_small(message, history)


@logged
def predict(text):
    *_, said = answers(text, text=text)
    return said


def name(default):
    return os.environ.get("TWIN_API_NAME") or default


if kind == "textbox":
    demo = gr.Interface(predict, "textbox", "textbox")
else:
    with gr.Blocks() as demo:
        history, message = chatbot(label="Chat"), gr.Textbox(label="Message")
        system = gr.Textbox(value="You are a helpful assistant.", label="System prompt")
        answer, messages = gr.Textbox(label="Answer"), gr.JSON(label="Messages")
        max_tokens = gr.Slider(1, 4096, value=512, step=1, label="Max new tokens")
        temperature = gr.Slider(0.1, 2, value=0.7, step=0.1, label="Temperature")
        top_p = gr.Slider(0, 1, value=0.95, step=0.05, label="Top-p")
        top_k = gr.Slider(1, 100, value=40, step=1, label="Top-k")
        if kind == "sliders":
            on("Send", generate, [history, max_tokens, message, temperature, top_p, top_k], [history], name("generate"))
        if kind == "system_first":
            on("Send", respond, [system, message, history, temperature], [message, history], name("respond"))
        if kind == "answer":
            on("Send", ask, [message, history, system], [answer], "ask")
        if kind == "messages":
            on("Send", chat, [messages], [answer], "chat")
        if kind == "two":
            on("Small", chat_small, [message, history], [history], "chat_small")
            on("Large", chat_large, [message, history], [history], "chat_large")
        if kind == "unnamed":
            on("Send", unnamed, [message, history], [history], False)
        on("Clear", lambda: ("", []), [], [message, history], False)
