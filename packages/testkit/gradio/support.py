"""What the apps share: a log of what their functions were called with, answers that tell it, chat histories in the form of the version.

A chat of these apps answers "You asked: …" by words. To a message that begins with `received` it answers with a JSON object of all that its function got;
`fail: text` is a gr.Error after two words; `slow` takes TWIN_MS or 50 milliseconds a word.
"""

import functools
import inspect
import json
import os
import re
import sys
import threading
import time

import gradio as gr
from serve import accepted

MAJOR = int(gr.__version__.split(".")[0])
VARIANT = os.environ.get("TWIN_VARIANT", "")

log_file = open(os.environ["TWIN_LOG"], "a", encoding="utf-8") if os.environ.get("TWIN_LOG") else None
log_lock = threading.Lock()


def log(event, fn, **facts):
    if log_file is None:
        return
    with log_lock:
        log_file.write(json.dumps({"t": round(time.time() * 1000), "event": event, "fn": fn, "id": None, "n": 0, **facts}, default=str) + "\n")
        log_file.flush()


def logged(fn):
    """Writes down what a function is called with, and its end. Gradio still sees its signature, and whether it is a generator."""
    name = fn.__name__

    def begin(args):
        log("start", name, received=[arg for arg in args if not isinstance(arg, (gr.Progress, gr.Request))])

    if inspect.isgeneratorfunction(fn):

        @functools.wraps(fn)
        def wrapped(*args, **more):
            begin(args)
            try:
                yield from fn(*args, **more)
            finally:
                log("finally", name)

    else:

        @functools.wraps(fn)
        def wrapped(*args, **more):
            begin(args)
            try:
                return fn(*args, **more)
            finally:
                log("finally", name)

    return wrapped


def variant(*known):
    """The variant that was asked for; the first is the default."""
    if VARIANT and VARIANT not in known:
        sys.exit(f"TWIN_VARIANT is one of {', '.join(known)}, not {VARIANT!r}")
    return VARIANT or known[0]


# -------------------------------------------------------------------------------------------------------------- chats

form = os.environ.get("TWIN_CHATBOT") or ("messages" if MAJOR >= 6 else "tuples")


def has_type(component):
    return "type" in inspect.signature(component.__init__).parameters


if form == "messages" and MAJOR < 6 and not has_type(gr.Chatbot):
    sys.exit(f"Gradio {gr.__version__} has no Chatbot of type messages")
if form == "tuples" and MAJOR >= 6:
    sys.exit(f"Gradio {gr.__version__} has no Chatbot of type tuples")


def chatbot(**options):
    return gr.Chatbot(**options, **({"type": form} if has_type(gr.Chatbot) else {}))


def multimodal_textbox(**options):
    """One that takes several files, as it always did before it could be told to."""
    return gr.MultimodalTextbox(**options, **accepted(gr.MultimodalTextbox.__init__, file_count="multiple"))


def turns(history, user, bot=None):
    """The history with one turn more; `bot` None is an answer that is not there yet."""
    history = list(history or [])
    if form == "tuples":
        return [*history, [user, bot]]
    answer = [] if bot is None else [{"role": "assistant", "content": bot}]
    return [*history, {"role": "user", "content": user}, *answer]


def answered(history, bot):
    """The history whose last turn, which has no answer yet, has this one."""
    if form == "tuples":
        return [*history[:-1], [history[-1][0], bot]]
    return [*history, {"role": "assistant", "content": bot}]


def last_question(history):
    last = history[-1]
    if form == "tuples":
        return last[0]
    return text_of(last["content"] if isinstance(last, dict) else last.content)


def text_of(content):
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return content.get("text") or ""
    return "".join(part.get("text", "") for part in content)


def plain(value):
    """A value as JSON has it."""
    return json.loads(json.dumps(value, default=lambda each: each.model_dump() if hasattr(each, "model_dump") else str(each)))


def answers(message, /, **received):
    """The answer to a message, as it grows. `received` is what the function got, the message included."""
    text = text_of(message)
    if text.startswith("received"):
        yield json.dumps(plain(received), ensure_ascii=False)
        return
    pieces = re.findall(r"\s*\S+", "You asked: " + text)
    if text.startswith("fail:"):
        yield "word 1 "
        yield "word 1 word 2 "
        raise gr.Error(text[5:].strip())
    for count in range(1, len(pieces) + 1):
        yield "".join(pieces[:count])
        if text.startswith("slow"):
            time.sleep(float(os.environ.get("TWIN_MS") or 50) / 1000)


def on(button, fn, inputs, outputs, api_name, **options):
    """An endpoint behind a button of its own, or behind a listener such as `textbox.submit`."""
    listener = gr.Button(button).click if isinstance(button, str) else button
    return listener(logged(fn), inputs=inputs, outputs=outputs, api_name=api_name, **accepted(listener, **options))
