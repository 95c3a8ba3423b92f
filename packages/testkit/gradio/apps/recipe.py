"""Chats whose turn takes several steps in one session.

    /add_text, un-queued, then /agent_run           as in Qwen/Qwen2.5-1M-Demo: (message, chatbot, state) gives (chatbot, state); then (chatbot, state, number)
                                                    answers from what the state keeps, a generator
    /add_message, un-queued, then /respond          as in microsoft/phi-4-multimodal: (history, message, file) gives (history, message); then (history, files)
                                                    answers at once from the history that the client hands on
    /user, un-queued, then /bot                     as in Gradio's own guide: (message, chatbot) gives ("", chatbot), then (chatbot) streams
    /prepare, then /polish, then /tell              three queued steps, of which the last answers from the state that the others filled

The message of add_text and add_message is a gr.MultimodalTextbox from 4.29 on, a gr.Textbox before.
"""

import gradio as gr
from support import answered, answers, chatbot, last_question, multimodal_textbox, on, plain, text_of, turns


def add_text(message, history, task):
    text = text_of(message)
    return turns(history, text), {"question": text, "turns": len(history or [])}


def agent_run(history, task, start):
    if not task:
        raise gr.Error("There is no question. Call add_text first, in the same session.")
    for text in answers(task["question"], task=task, history=history, start=start):
        yield answered(history, text), task


def add_message(history, message, file):
    return turns(history, text_of(message)), None


def respond(history, files):
    *_, text = answers(last_question(history), history=history, files=files)
    return answered(history, text), None


def user(message, history):
    return "", turns(history, message)


def bot(history):
    for text in answers(last_question(history), history=history):
        yield answered(history, text)


def prepare(question, kept):
    return {"question": question, "steps": ["prepare"]}


def polish(style, kept):
    if not kept:
        raise gr.Error("There is no question. Call prepare first, in the same session.")
    return {**kept, "style": style, "steps": [*kept["steps"], "polish"]}, len(kept["steps"])


def tell(kept):
    if not kept:
        raise gr.Error("There is no question. Call prepare first, in the same session.")
    yield from answers(kept["question"], kept=plain(kept))


with gr.Blocks() as demo:
    history, text = chatbot(label="Chat"), gr.Textbox(label="Message")
    message = multimodal_textbox(label="Message") if hasattr(gr, "MultimodalTextbox") else gr.Textbox(label="Message")
    file, files = gr.File(label="File"), gr.File(label="Files", file_count="multiple")
    task, kept = gr.State(None), gr.State(None)
    start, answer = gr.Number(value=0, label="Start"), gr.Textbox(label="Answer")

    on(message.submit, add_text, [message, history, task], [history, task], "add_text", queue=False).then(
        agent_run, [history, task, start], [history, task], api_name="agent_run"
    )
    on("add_message", add_message, [history, message, file], [history, message], "add_message", queue=False).then(
        respond, [history, files], [history, files], api_name="respond"
    )
    on(text.submit, user, [text, history], [text, history], "user", queue=False).then(bot, history, history, api_name="bot")
    on("prepare", prepare, [text, kept], [kept], "prepare")
    on("polish", polish, [text, kept], [kept, start], "polish")
    on("tell", tell, [kept], [answer], "tell")
