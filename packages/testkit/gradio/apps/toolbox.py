"""Files in and out, State, updates, progress, notices, and inputs of every kind.

    /describe_file, /describe_files     a gr.File, several: a JSON list of {"name", "size", "sha256"} of what arrived
    /describe_image, /describe_audio    a gr.Image, a gr.Audio, as files: the same, and for an image {"width", "height", "pixel"}
    /describe_message                   (gr.MultimodalTextbox, from 4.29 on) {"text", "files"}
    /describe_mixed                     (text, file, number): {"text", "file", "number"}
    /draw                               (prompt, seed): a picture, always the same bytes for the same input
    /draw_pil                           the same as a PIL image, which Gradio writes in a format of its own
    /draw_steps                         the same in three steps, each another picture
    /gallery, /document, /documents, /speech    a gr.Gallery of two pictures, a gr.File, several, a gr.Audio
    /chat_picture                       (message, history): an answer whose second message, or turn, is a picture
    /count                              counts its own calls in a gr.State
    /remember, /recall                  (message, state): keeps messages in a gr.State; recall answers with all of them
    /update_value, /update_component, /update_choices, /update_steps, /skip      gr.update(…), a component as an update, of a Dropdown, while it streams, no change
    /progress, /notices                 gr.Progress, gr.Info and gr.Warning
    /every_input                        one input of every plain kind, with and without defaults: a JSON list of what arrived
    /whoami                             who is logged in
    unnamed                             a function whose api_name is False
    /unqueued                           a function past the queue
"""

import hashlib
import json
import time
import wave

import gradio as gr
from pictures import described, facts, picture_bytes, written
from support import MAJOR, chatbot, form, multimodal_textbox, on, turns

# -------------------------------------------------------------------------------------------------------------- files


def describe_file(file):
    return json.dumps([described(file)])


def describe_files(files):
    return json.dumps([described(file) for file in files or []])


def describe_image(image):
    from PIL import Image

    opened = Image.open(image)
    return json.dumps([{**described(image), "width": opened.width, "height": opened.height, "pixel": opened.convert("RGB").getpixel((0, 0))}])


def describe_audio(audio):
    return json.dumps([described(audio)])


def describe_message(message):
    return json.dumps({"text": message["text"], "files": [described(file) for file in message["files"]]})


def describe_mixed(text, file, number):
    return json.dumps({"text": text, "file": described(file), "number": number})


def draw(prompt, seed):
    content = picture_bytes(prompt, seed)
    return written("picture.png", content), facts(content)


def draw_pil(prompt, seed):
    from PIL import Image

    return Image.open(written("picture.png", picture_bytes(prompt, seed)))


def draw_steps(prompt, seed):
    for step in range(3):
        content = picture_bytes(prompt, seed + step)
        yield written(f"step {step}.png", content), facts(content)


def gallery(prompt):
    return [(written(f"{seed}.png", picture_bytes(prompt, seed)), f"seed {seed}") for seed in (1, 2)]


def document(text):
    return written("répons é & co.txt", text.encode()), facts(text.encode())


def documents(text):
    return [written(name, text.encode()) for name in ("one.txt", "two.txt")]


def speech(text):
    path = written("speech.wav", b"")
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(hashlib.sha256(text.encode()).digest() * 50)
    return path


def chat_picture(message, history):
    path = written("picture.png", picture_bytes(message, 0))
    if form == "tuples":
        return turns(turns(history, message, "Here it is:"), None, (path,))
    return [*turns(history, message, "Here it is:"), {"role": "assistant", "content": {"path": path}}]


# -------------------------------------------------------------------------------------------------- state and updates


def count(counter):
    return str((counter or 0) + 1), (counter or 0) + 1


def remember(message, messages):
    messages = [*(messages or []), message]
    return f"{len(messages)} kept", messages


def recall(messages):
    return json.dumps(messages)


def update_value(text):
    return gr.update(value=f"updated: {text}", label="Another label")


def update_component(text):
    return gr.Textbox(value=f"updated: {text}", visible=True)


def update_choices(text):
    return gr.update(choices=[text, "other"], value=text)


def update_steps(text):
    said = ""
    for word in text.split():
        said = f"{said} {word}".strip()
        yield gr.update(value=said)


def skip(text):
    return gr.skip() if MAJOR > 3 and hasattr(gr, "skip") else gr.update()


# ------------------------------------------------------------------------------------------------- everything besides


def progress(steps, progress=gr.Progress()):
    for step in range(int(steps)):
        progress((step + 1, int(steps)), desc=f"part {step + 1}", unit="parts")
        # Gradio reports progress from a loop of its own; an end that comes at once would overtake it.
        time.sleep(0.15)
    return f"{int(steps)} parts"


def notices(text):
    gr.Info(f"info: {text}")
    time.sleep(0.1)
    gr.Warning(f"warning: {text}")
    time.sleep(0.1)
    return text


def every_input(text, lines, number, slider, checkbox, boxes, dropdown, several, radio, json_value, plain="fallback"):
    return json.dumps([text, lines, number, slider, checkbox, boxes, dropdown, several, radio, json_value, plain])


def whoami(text, request: gr.Request):
    return json.dumps({"user": request.username, "text": text})


def unnamed(text):
    return f"unnamed: {text}"


def unqueued(text):
    return f"unqueued: {text}"


with gr.Blocks() as demo:
    text = gr.Textbox(label="Text")
    output = gr.Textbox(label="Output")
    seed = gr.Number(value=0, label="Seed")
    history = chatbot(label="Chat")
    file, files = gr.File(label="File"), gr.File(label="Files", file_count="multiple")
    image, audio = gr.Image(type="filepath", label="Image"), gr.Audio(type="filepath", label="Audio")
    picture, pictures = gr.Image(label="Picture"), gr.Gallery(label="Pictures")
    sound = gr.Audio(label="Sound")
    choice = gr.Dropdown(["one", "two"], label="Choice")
    counter, messages = gr.State(0), gr.State([])

    on("describe_file", describe_file, [file], [output], "describe_file")
    on("describe_files", describe_files, [files], [output], "describe_files")
    on("describe_image", describe_image, [image], [output], "describe_image")
    on("describe_audio", describe_audio, [audio], [output], "describe_audio")
    on("describe_mixed", describe_mixed, [text, file, seed], [output], "describe_mixed")
    on("draw", draw, [text, seed], [picture, output], "draw")
    on("draw_pil", draw_pil, [text, seed], [picture], "draw_pil")
    on("draw_steps", draw_steps, [text, seed], [picture, output], "draw_steps")
    on("gallery", gallery, [text], [pictures], "gallery")
    on("document", document, [text], [file, output], "document")
    on("documents", documents, [text], [files], "documents")
    on("speech", speech, [text], [sound], "speech")
    on("chat_picture", chat_picture, [text, history], [history], "chat_picture")

    on("count", count, [counter], [output, counter], "count")
    on("remember", remember, [text, messages], [output, messages], "remember")
    on("recall", recall, [messages], [output], "recall")
    on("update_value", update_value, [text], [output], "update_value")
    on("update_component", update_component, [text], [output], "update_component")
    on("update_choices", update_choices, [text], [choice], "update_choices")
    on("update_steps", update_steps, [text], [output], "update_steps")
    on("skip", skip, [text], [output], "skip")

    on("progress", progress, [seed], [output], "progress")
    on("notices", notices, [text], [output], "notices")
    every = [
        text,
        gr.Textbox(value="a default", lines=3, label="Lines"),
        gr.Number(value=7, label="Number"),
        gr.Slider(1, 100, value=25, step=1, label="Slider"),
        gr.Checkbox(value=True, label="Checkbox"),
        gr.CheckboxGroup(["a", "b", "c"], value=["a"], label="Boxes"),
        gr.Dropdown(["red", "green"], value="green", label="Dropdown"),
        gr.Dropdown(["red", "green"], value=["red"], multiselect=True, label="Several"),
        gr.Radio(["left", "right"], value="left", label="Radio"),
        gr.JSON(label="JSON"),
        gr.Textbox(label="Plain"),
    ]
    on("every_input", every_input, every, [output], "every_input")
    on("whoami", whoami, [text], [output], "whoami")
    on("unnamed", unnamed, [text], [output], False)
    on("unqueued", unqueued, [text], [output], "unqueued", queue=False)
    if hasattr(gr, "MultimodalTextbox"):
        message = multimodal_textbox(label="Message")
        on("describe_message", describe_message, [message], [output], "describe_message")
