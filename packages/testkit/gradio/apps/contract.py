"""An app whose functions are others after a restart. TWIN_VARIANT:

    base            /model_chat(query, history, system) -> (textbox, chatbot, textbox), function 0; /clear is function 1
    swapped         query and system have changed places: the same kinds in the same order, and other names
    reordered       (history, query, system): other kinds
    gone            function 0 is /delete_all(query, history, system), with the same inputs and outputs; there is no /model_chat
    longer          one input more, a slider
    state           one input more, a gr.State, which no client sees
    renamed         query is called question
    outputs         gives the chatbot alone
    moved           /model_chat is function 1, after /clear
"""

import gradio as gr
from support import answers, chatbot, on, turns, variant

kind = variant("base", "swapped", "reordered", "gone", "longer", "state", "renamed", "outputs", "moved")


def chat(query, history, system, **more):
    for text in answers(query, query=query, history=history, system=system, **more):
        yield "", turns(history, query, text), system


def model_chat(query, history, system):
    yield from chat(query, history, system)


def swapped(system, history, query):
    yield from chat(query, history, system)


def reordered(history, query, system):
    yield from chat(query, history, system)


def longer(query, history, system, temperature):
    yield from chat(query, history, system, temperature=temperature)


def state(query, history, system, kept):
    yield from chat(query, history, system, kept=kept)


def renamed(question, history, system):
    yield from chat(question, history, system)


def outputs(query, history, system):
    for _, turned, _ in chat(query, history, system):
        yield turned


def delete_all(query, history, system):
    yield "", [], "everything is deleted"


def clear():
    return "", []


with gr.Blocks() as demo:
    system_input = gr.Textbox(value="You are a helpful assistant.", label="System")
    history, query = chatbot(label="Chat"), gr.Textbox(label="Input")
    temperature, kept = gr.Slider(0, 2, value=0.7, step=0.1, label="Temperature"), gr.State("kept")

    def add_clear():
        on("Clear", clear, [], [query, history], "clear")

    plain_inputs, plain_outputs = [query, history, system_input], [query, history, system_input]
    inputs = {
        "swapped": [system_input, history, query],
        "reordered": [history, query, system_input],
        "longer": [*plain_inputs, temperature],
        "state": [*plain_inputs, kept],
    }.get(kind, plain_inputs)
    functions = {"swapped": swapped, "reordered": reordered, "longer": longer, "state": state, "renamed": renamed, "outputs": outputs, "gone": delete_all}
    if kind == "moved":
        add_clear()
    on(
        "Send",
        functions.get(kind, model_chat),
        inputs,
        [history] if kind == "outputs" else plain_outputs,
        "delete_all" if kind == "gone" else "model_chat",
    )
    if kind != "moved":
        add_clear()
