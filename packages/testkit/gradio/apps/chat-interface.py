"""Gradio's own gr.ChatInterface, with all names and defaults that it gives by itself. TWIN_VARIANT:

    plain           fn(message, history)
    inputs          and a system prompt, a temperature, a number of tokens as additional inputs
    multimodal      multimodal=True, where there is that: the message is {"text", "files"}
    picture         answers with a picture
    whole           no generator: the answer at once

Its function is called `respond`, or TWIN_FN_NAME: on Gradio 6 that is the name of the endpoint, before it is `chat`. `chatbot` of startGradioServer (TWIN_CHATBOT) chooses its `type` where there is one.
"""

import inspect
import os

import gradio as gr
from pictures import picture_bytes, written
from support import MAJOR, accepted, answers, form, logged, variant

kind = variant("plain", "inputs", "multimodal", "picture", "whole")


def plain(message, history):
    yield from answers(message, message=message, history=history)


def inputs(message, history, system, temperature, max_tokens):
    yield from answers(message, message=message, history=history, system=system, temperature=temperature, max_tokens=max_tokens)


def multimodal(message, history):
    yield from answers(message, message=message, history=history)


def picture(message, history):
    path = written("picture.png", picture_bytes(message, 0))
    return gr.Image(path) if MAJOR >= 5 else (path,)


def whole(message, history):
    *_, text = answers(message, message=message, history=history)
    return text


additional = [
    gr.Textbox("You are a helpful assistant.", label="System prompt"),
    gr.Slider(0, 2, value=0.7, step=0.1, label="Temperature"),
    gr.Slider(1, 4096, value=512, step=1, label="Max tokens"),
]
if kind == "multimodal" and "multimodal" not in inspect.signature(gr.ChatInterface.__init__).parameters:
    raise SystemExit(f"Gradio {gr.__version__} has no multimodal ChatInterface")

fn = {"plain": plain, "inputs": inputs, "multimodal": multimodal, "picture": picture, "whole": whole}[kind]
fn.__name__ = os.environ.get("TWIN_FN_NAME") or "respond"

demo = gr.ChatInterface(
    logged(fn),
    additional_inputs=additional if kind == "inputs" else None,
    **accepted(gr.ChatInterface.__init__, type=form, multimodal=kind == "multimodal"),
)
