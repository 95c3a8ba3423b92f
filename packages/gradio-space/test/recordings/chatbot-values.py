"""Prints what the Chatbot of the installed Gradio makes of values that apps give it: one JSON object, by the name of the value.

    python chatbot-values.py        with the Python of each version in turn; chatbot-values.json has the answers by version

Paths become /data/cat.png, and the settings of components, which repeat all that a component can be told, become {}.
"""

import base64
import json
import os
import re
import tempfile
import warnings

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import gradio as gr

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
MAJOR = int(gr.__version__.split(".")[0])
HAS_MESSAGES = hasattr(gr, "ChatMessage")
HAS_PAIRS = MAJOR < 6


def clean(value):
    if isinstance(value, dict):
        return {key: {} if key in ("constructor_args", "props") else clean(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(inner) for inner in value]
    if isinstance(value, str):
        return re.sub(r"/[^=\s]*cat\.png$", "/data/cat.png", value)
    return value


def shown(chatbot, value):
    made = chatbot.postprocess(value)
    return clean(made.model_dump() if hasattr(made, "model_dump") else made)


def pairs(picture):
    yield "turns", [["q", "a"], [None, "b"], ["c", None]]
    yield "tuples", [("q", "a")]
    yield "files", [[(picture, "a cat"), "nice"], ["draw", (picture,)]]
    yield "nothing", None
    if HAS_MESSAGES:
        yield "components", [["draw", gr.Image(picture)], ["write", gr.Markdown("**hi**")]]


def messages(picture):
    def user(content):
        return {"role": "user", "content": content}

    def assistant(content, **more):
        return {"role": "assistant", "content": content, **more}

    yield "turns", [user("q"), assistant("a")]
    yield "objects", [gr.ChatMessage(role="user", content="q"), gr.ChatMessage(role="assistant", content="a")]
    yield "system", [{"role": "system", "content": "s"}, user("q"), assistant("a")]
    yield "files", [user({"path": picture, "alt_text": "a cat"}), assistant({"path": picture})]
    yield "thoughts", [
        user("q"),
        gr.ChatMessage(role="assistant", content="hmm", metadata={"title": "Thinking"}),
        assistant("aha", metadata={"title": "Searching", "id": 1, "parent_id": 0, "log": "x", "duration": 1.5, "status": "pending"}),
        assistant("a"),
    ]
    yield "options", [user("q"), assistant("which?", options=[{"value": "1", "label": "one"}, {"value": "2"}])]
    components = [gr.Image(picture), gr.Gallery([(picture, "a cat")]), gr.File(picture), gr.Video(), gr.Markdown("**hi**"), gr.HTML("<b>x</b>")]
    yield "components", [user("q"), *map(assistant, [*components, gr.JSON({"a": 1}), gr.Code("1 + 1")])]
    yield "nothing", None
    if not HAS_PAIRS:
        yield "lists", [user(["look", {"path": picture}]), assistant(["one", {"path": picture}, " two"])]


with tempfile.TemporaryDirectory() as folder:
    picture = os.path.join(folder, "cat.png")
    with open(picture, "wb") as file:
        file.write(base64.b64decode(PNG))
    found = {}
    if HAS_PAIRS:
        for name, value in pairs(picture):
            found[f"pairs: {name}"] = shown(gr.Chatbot(), value)
    if HAS_MESSAGES:
        for name, value in messages(picture):
            found[f"messages: {name}"] = shown(gr.Chatbot(type="messages") if HAS_PAIRS else gr.Chatbot(), value)
    if MAJOR >= 6:
        chatbot = gr.Chatbot(reasoning_tags=[("<think>", "</think>")])
        found["messages: tags"] = shown(chatbot, [{"role": "assistant", "content": "<think>hmm</think>a"}])
    print(json.dumps(found))
