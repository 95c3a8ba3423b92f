"""Prints what the installed Gradio says about the functions of two apps, at /config and /info: one JSON object, by the name of the app.

    python endpoints.py        with the Python of each version in turn; endpoints.json has the answers by version

What no reader of it needs is left out: layout, looks, examples, most of the functions that belong to a page, and of long schemas all but their kind.
"""

import inspect
import json
import os
import sys
import warnings

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
warnings.filterwarnings("ignore")

import gradio as gr
from starlette.testclient import TestClient

MAJOR = int(gr.__version__.split(".")[0])


def accepted(function, **options):
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known}


def chat(message, history, system="Be kind.", temperature=0.7, style="plain", loud=False, request: gr.Request = None):
    yield "", history, message


def count(step, state):
    return str((state or 0) + step), (state or 0) + step


def pair(left, right=None):
    return [left, right]


def many(*texts):
    return list(texts)


def controls():
    with gr.Blocks() as demo:
        message = gr.Textbox(label="Your message")
        chatbot = gr.Chatbot(label="Chat")
        system = gr.Textbox("Be kind.", label="System prompt")
        temperature = gr.Slider(0, 2, value=0.7, step=0.1, label="Temperature")
        style = gr.Dropdown([("Plain one", "plain"), ("Fancy one", "fancy")], value="plain", label="Style")
        loud = gr.Checkbox(label="Loud")
        step = gr.Number(1, label="Step")
        state = gr.State(0)
        text = gr.Textbox(label="Text")
        other = gr.Textbox(label="Other")
        data = gr.JSON(label="Data")
        files = gr.File(label="Files", file_count="multiple")
        picture = gr.Image(label="Picture")
        button = gr.Button("Go")

        def on(fn, inputs, outputs, api_name, **more):
            button.click(fn, inputs=inputs, outputs=outputs, api_name=api_name, **accepted(button.click, **more))

        on(chat, [message, chatbot, system, temperature, style, loud], [message, chatbot, text], "chat")
        on(chat, [message, chatbot, system, temperature, style, loud], [message, chatbot, text], "chat")
        on(count, [step, state], [text, state], "count")
        on(pair, [text, other], data, "pair")
        on(many, [text, other], data, "many")
        on(lambda x: x, text, other, "unqueued", queue=False)
        on(lambda x: x, text, other, "undocumented", **({"api_visibility": "undocumented"} if MAJOR >= 6 else {"show_api": False}))
        on(lambda x: x, text, other, "private" if MAJOR >= 6 else False, api_visibility="private")
        on(lambda x, y: None, [files, picture], data, "files")
        on(lambda x, y: x, [text, button], other, "with_button")
        button.click(None, text, other, **accepted(button.click, js="(x) => x", _js="(x) => x"))
        demo.load(lambda: "hi", None, text)
    return demo


def chat_interface():
    def answer(message, history, tone, length):
        return message

    with gr.Blocks() as demo:
        gr.ChatInterface(answer, additional_inputs=[gr.Textbox("calm", label="Tone"), gr.Slider(1, 9, value=3, label="Length")])
    return demo


LEFT_OUT = ("code_snippets", "example_inputs", "example_input", "component_class_id", "delete_callback", "description", "key", "serializer")


def clean(value, schema=False):
    if isinstance(value, dict):
        if schema and ("$defs" in value or "properties" in value or "items" in value):
            return {key: value[key] for key in ("title", "type") if key in value}
        return {
            key: clean(inner, schema or key.startswith("api_info") or key == "type")
            for key, inner in value.items()
            if key not in LEFT_OUT and not (key == "api_info" and "api_info_as_input" in value)
        }
    if isinstance(value, list):
        return [clean(inner, schema) for inner in value]
    return value


USED_PROPS = ("value", "label", "choices", "minimum", "maximum", "step", "name", "type", "file_count", "multiselect")


def said(demo):
    demo.queue()
    app = gr.routes.App.create_app(demo, **accepted(gr.routes.App.create_app, app_kwargs={}))
    client = TestClient(app)
    config = client.get("/config").json()
    info = client.get(config.get("api_prefix", "") + "/info?all_endpoints=true").json()
    # The page of a ChatInterface has thirty functions of its own since Gradio 5; a few of them are enough.
    if "id" in config["dependencies"][0]:
        documented = [each for each in config["dependencies"] if each.get("show_api", each.get("api_visibility") == "public")]
        config["dependencies"] = [each for each in config["dependencies"] if each["id"] < 12 or each in documented][:16]
        names = {f"/{each['api_name']}" for each in config["dependencies"]}
        info["named_endpoints"] = {name: each for name, each in info["named_endpoints"].items() if name in names}
    used = {id for each in config["dependencies"] for id in each["inputs"] + each["outputs"]}
    return clean(
        {
            "config": {
                **{key: config[key] for key in ("version", "protocol", "api_prefix", "mode", "app_id", "enable_queue") if key in config},
                "components": [
                    {**each, "props": {name: each["props"][name] for name in USED_PROPS if name in each["props"]}}
                    for each in config["components"]
                    if each["id"] in used
                ],
                "dependencies": [
                    {
                        key: each[key]
                        for key in ("id", "targets", "inputs", "outputs", "backend_fn", "queue", "api_name", "types", "show_api", "api_visibility")
                        if key in each
                    }
                    for each in config["dependencies"]
                ],
            },
            "info": info,
        }
    )


json.dump({"controls": said(controls()), "chat-interface": said(chat_interface())}, sys.stdout, separators=(",", ":"))
