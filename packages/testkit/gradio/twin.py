"""A twin of the Space Qwen/Qwen2-72B-Instruct, for tests against real Gradio servers.

One file for Gradio 3.50 to 6.31. The model is replaced by a small language, so that a test can say what it wants to see. Everything else is Gradio's own:
the queue, the event stream, the diffs, the errors.

    python twin.py            serves on 127.0.0.1:$TWIN_PORT and prints `TWIN READY {"url": …, "gradio": …}` once it answers.
                              Exit code 98: the port is taken.

The language
------------
    query = verb { " " name "=" value } [ ":" text ]          a value has no white space and no colon; one blank after ":" is dropped

    echo: text              repeats the text. by=word (default), character, line or all says how large the steps are
    long                    a long answer of about 350 steps: Latin, Cyrillic, Chinese, emoji (split inside ZWJ sequences), combining marks, a code fence,
                            quotes, backslashes, trailing blanks, blank lines, U+2028 and U+0085. times=2 says it twice
    history                 a JSON object {"query", "history", "system"}: what this function was called with, by characters (7 a step)
    script: ["a", "ab"]     exactly these texts, one a step; null is a turn that has no answer yet
    slow                    "tick 1 tick 2 …", steps=20, ms=100
    endless                 the same until it is closed, ms=50
    fail: message           gr.Error(message) after=0 steps
    crash: message          ValueError(message) after=0 steps
    rewrite                 a draft grows, then the text is replaced by another one
    indent                  program text that is not fenced, whose margin changes while it grows (Gradio's cleandoc moves earlier lines)
    shrink                  the history begins with turns=4 invented turns, which are lost while the answer grows: one, then several at once
    same                    every text is yielded twice
    progress                gr.Progress before each of steps=3 steps
    log                     gr.Info, then gr.Warning, each before a step
    blank                   one step whose answer is the empty string
    empty                   no step at all
    anything else           is a question: "You asked: …" by words

    Every verb takes id=<any word> (comes back in the log), first=<ms> (wait before the first step) and ms=<ms> (wait between steps; default $TWIN_MS or 0).

Endpoints
---------
    /model_chat (fn_index 0), /model_chat_1, /clear_session, /modify_system_session     as in the original
    /text_stream                the language, into a gr.Textbox (which Gradio leaves as it is)
    /plain                      an ordinary function: "plain: <text>"
    /fail_at_once, /fail_midway, /crash_at_once, /crash_midway     text in, text out; "midway" is after 3 steps; the input is the message
    /rewrite_chat, /shrink_chat, /empty_chat      chatbot in and out, as the verbs
    /progress, /logs, /endless                    text out, as the verbs; the input is a query without its verb ("id=7 ms=20")
    /unqueued                   like /plain, with queue=False
    /json_values                a JSON list in, yields each of its members into a gr.JSON: any value can be made to follow any other
    /list_values                the same for members that are lists, into a gr.CheckboxGroup: Gradio does not look into these, so its differences go to any
                                depth, where those of a gr.JSON replace the whole from 4.44 on
    /count                      counts its own calls in a gr.State

Environment
-----------
    TWIN_PORT                   the port
    TWIN_CHATBOT                tuples | messages, where the version has both; default: what the version does without being told
    TWIN_CONCURRENCY            concurrency limit of each function, default 5
    TWIN_QUEUE_SIZE             max_size of the queue, default none
    TWIN_AUTH                   user:password
    TWIN_MS                     default wait between steps in milliseconds, default 0
    TWIN_SHOW_ERROR             1: launch(show_error=True)
    TWIN_LOG                    a file: one JSON object a line (below)
    TWIN_LOG_DATA               1: "yield" lines carry `data` as well, the whole list of outputs as Gradio will send it
    TWIN_EXIT_WITH_STDIN        1: ends when standard input ends, so that it never outlives the process that started it
    TWIN_FOLDER                 a folder to remove in that case

The log
-------
    {"t": <ms since 1970>, "event": …, "fn": <endpoint>, "id": <id or null>, "n": <steps so far>, …}

    start     + "query"
    yield     + "text" as the function yields it, "shown" as Gradio sends it
    end       the function came to its own end
    exit      it was closed from outside (GeneratorExit)
    error     + "error": it raised
    finally   always the last one, unless Gradio leaves the generator suspended
"""

from __future__ import annotations

import copy
import inspect
import json
import os
import re
import sys
import threading
import time

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr  # noqa: E402
from serve import accepted, serve  # noqa: E402

DEFAULT_SYSTEM = "You are a helpful assistant."
TITLE = "<center><font size=8>Qwen2-72B-Instruct Chat, a twin for tests</center>"

concurrency = int(os.environ.get("TWIN_CONCURRENCY") or 5)
queue_size = int(os.environ["TWIN_QUEUE_SIZE"]) if os.environ.get("TWIN_QUEUE_SIZE") else None
default_wait_ms = float(os.environ.get("TWIN_MS") or 0)

# ---------------------------------------------------------------------------------------------------------------- log

log_path = os.environ.get("TWIN_LOG")
log_data = os.environ.get("TWIN_LOG_DATA") == "1"
log_file = open(log_path, "a", encoding="utf-8") if log_path else None
log_lock = threading.Lock()


def log(event, fn, identity, n, **facts):
    if log_file is None:
        return
    line = {"t": round(time.time() * 1000), "event": event, "fn": fn, "id": identity, "n": n, **facts}
    # ASCII only: a lone surrogate in a text must not break the file.
    with log_lock:
        log_file.write(json.dumps(line) + "\n")
        log_file.flush()


def as_sent(component, value):
    """The value as Gradio sends it, made by Gradio's own postprocess."""
    sent = component.postprocess(copy.deepcopy(value))
    return sent.model_dump() if hasattr(sent, "model_dump") else sent


def last_answer(history):
    """The text of the last answer in a history as Gradio sends it, in whichever of its three forms."""
    if not history:
        return None
    last = history[-1]
    if not isinstance(last, dict):
        return last[1]
    content = last.get("content")
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content


def observed(fn, command, steps, components, text_of):
    """Yields what `steps` yields, and writes down all that happens to it."""
    log("start", fn, command.id, 0, query=command.query)
    n = 0
    try:
        for step in steps:
            n += 1
            if log_file is not None:
                values = step if len(components) > 1 else (step,)
                sent = [as_sent(component, value) for component, value in zip(components, values)]
                data = {"data": sent} if log_data else {}
                log("yield", fn, command.id, n, text=text_of(values), shown=text_of(sent), **data)
            yield step
        log("end", fn, command.id, n)
    except GeneratorExit:
        log("exit", fn, command.id, n)
        raise
    except BaseException as error:
        log("error", fn, command.id, n, error=str(error))
        raise
    finally:
        steps.close()
        log("finally", fn, command.id, n)


# ----------------------------------------------------------------------------------------------------------- language

COMMAND = re.compile(r"\s*([a-z]+)((?:\s+[a-z]+=[^\s:]+)*)\s*(?::[ ]?(.*))?\Z", re.DOTALL)


class Command:
    def __init__(self, query):
        self.query = "" if query is None else query
        match = COMMAND.match(self.query)
        self.verb = match.group(1) if match else "answer"
        self.options = dict(pair.split("=", 1) for pair in match.group(2).split()) if match else {}
        self.text = (match.group(3) or "") if match else self.query
        if self.verb not in VERBS:
            self.verb, self.options, self.text = "answer", {}, self.query

    @property
    def id(self):
        return self.options.get("id")

    def number(self, name, default):
        return int(self.options.get(name, default))

    def steps(self, call):
        """The texts of the answer so far, paced by first= and ms=."""
        wait_ms = float(self.options.get("ms", DEFAULT_WAIT_MS.get(self.verb, default_wait_ms)))
        wait(float(self.options.get("first", 0)))
        first = True
        for text in VERBS[self.verb](self, call):
            if not first:
                wait(wait_ms)
            first = False
            yield text


def wait(ms):
    if ms > 0:
        time.sleep(ms / 1000)


class Call:
    """What a verb may look at besides its own command."""

    def __init__(self, history=None, system=None, progress=None, chatbot=None):
        self.history = history or []
        self.system = system
        self.progress = progress
        self.chatbot = chatbot


class Turns:
    """A whole history in place of the one that was received; its last turn is the present one."""

    def __init__(self, earlier, text):
        self.earlier = earlier
        self.text = text


SIZES = {
    "word": lambda text: re.findall(r"\s*\S+|\s+\Z", text),
    "character": list,
    "line": lambda text: text.splitlines(keepends=True),
    "all": lambda text: [text],
}


def growing(pieces):
    text = ""
    for piece in pieces:
        text += piece
        yield text


def uneven(text, sizes=(3, 1, 4, 1, 5, 2, 6, 5)):
    """Cuts between code points, so also inside of what a reader takes for one character. A line's end is a piece of its own, as it often is for a model."""
    pieces = []
    for part in re.findall(r"\n|[^\n]+", text):
        at = 0
        while at < len(part):
            size = sizes[len(pieces) % len(sizes)]
            pieces.append(part[at : at + size])
            at += size
    return pieces


# Written with escapes where a character would not be seen, or would be changed by an editor.
LONG_TEXT = (
    "Here is a long answer, in several scripts. It says \"quoted\", 'single', \u201ccurly\u201d and \u00abguillemets\u00bb; "
    "paths such as C:\\temp\\new\\table and \\\\server\\share, a \\n that is two characters, and 100 % of {braces} [brackets] <tags> & ampersands.\n"
    "\n"
    "Trailing blanks follow:   \n"
    "\n"
    "\n"
    "\u0421\u044a\u0435\u0448\u044c \u0436\u0435 \u0435\u0449\u0451 \u044d\u0442\u0438\u0445 \u043c\u044f\u0433\u043a\u0438\u0445 "
    "\u0444\u0440\u0430\u043d\u0446\u0443\u0437\u0441\u043a\u0438\u0445 \u0431\u0443\u043b\u043e\u043a, \u0434\u0430 \u0432\u044b\u043f\u0435\u0439 \u0447\u0430\u044e.\n"
    "\n"
    "\u4f60\u597d\uff0c\u4e16\u754c\uff01\u5df4\u9ece\u662f\u6cd5\u56fd\u7684\u9996\u90fd\uff0c\u5317\u4eac\u662f\u4e2d\u56fd\u7684\u9996\u90fd\u3002"
    "\u79d1\u5b66\u5bb6\u4eec\u53d1\u73b0\u4e86\U00020bb7\u5bb6\u5c4b\u3002\n"
    "\n"
    "Emoji: \U0001f600 \U0001f44d\U0001f3fd \U0001f1eb\U0001f1f7 \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 "
    "\U0001f3f3\ufe0f\u200d\U0001f308 \U0001f9d1\U0001f3ff\u200d\U0001f680 and \u2764\ufe0f.\n"
    "Combining: e\u0301, a\u030a\u0323, Z\u0351\u036b\u0343\u036aa\u031alg\u0328o\u0321, "
    "\u0639\u064e\u0631\u064e\u0628\u0650\u064a\u0651, \u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd, \u0939\u093f\u0928\u094d\u0926\u0940, \ud55c\uad6d\uc5b4.\n"
    "\n"
    "```python\n"
    "def greet(name, *, loud=False):\n"
    '    """Says "hello".\n'
    "\n"
    "    C:\\path and \\\\ twice.\n"
    '    """\n'
    "    text = f'hello, {name}\\n'\n"
    "    if loud:\n"
    "        for _ in range(3):\n"
    "            text = text.upper() + '!'\n"
    "    return text\n"
    "\n"
    "\n"
    "print(greet('w\u00f6rld', loud=True))  \n"
    "```\n"
    "\n"
    "1. First, a line separator:\u2028this stands after it.\n"
    "2. Second, a next-line character:\u0085and this after that one.\n"
    "3. Third, a no-break space\u00a0here, a zero-width space\u200bthere, and data: event: id: retry: as words.\n"
    "\n"
    "   data: this line looks like an event stream\n"
    "\n"
    "\n"
    "A backslash at the end of a line \\\n"
    "and a table:\n"
    "\n"
    "| a | b |\n"
    "|---|---|\n"
    "| 1 | \"2\" |\n"
    "\n"
    "That is all. \u00a1Adi\u00f3s! \U0001f44b"
)

INDENT_TEXT = "def f(x):\n        if x:\n            return 1\n    # less\n        return 2\n\nprint(f(1))\n  done"

REWRITE_DRAFT = "I think that the answer is 41, because of the mice"
REWRITE_FINAL = "The answer is 42. I was wrong before."


def do_answer(command, call):
    return growing(SIZES["word"]("You asked: " + command.text))


def do_echo(command, call):
    return growing(SIZES[command.options.get("by", "word")](command.text))


def do_long(command, call):
    return growing(uneven("\n\n".join([LONG_TEXT] * command.number("times", 1))))


def do_history(command, call):
    received = {"query": command.query, "history": call.history, "system": call.system}
    return growing(uneven(json.dumps(received, ensure_ascii=False, default=vars), (7,)))


def do_script(command, call):
    yield from json.loads(command.text)


def do_slow(command, call):
    return growing(f"tick {i + 1} " for i in range(command.number("steps", 20)))


def do_endless(command, call):
    n = 0
    while True:
        n += 1
        yield "tick " * n


def do_fail(command, call):
    yield from growing(f"word {i + 1} " for i in range(command.number("after", 0)))
    raise gr.Error(command.text)


def do_crash(command, call):
    yield from growing(f"word {i + 1} " for i in range(command.number("after", 0)))
    raise ValueError(command.text)


def do_rewrite(command, call):
    yield from growing(SIZES["word"](REWRITE_DRAFT))
    yield from growing(SIZES["word"](REWRITE_FINAL))


def do_indent(command, call):
    return growing(uneven(INDENT_TEXT, (4,)))


def do_shrink(command, call):
    turns = command.number("turns", 4)
    earlier = [(f"question {i + 1}", f"answer {i + 1}") for i in range(turns)]
    yield Turns(earlier, "Too")
    yield Turns(earlier[1:], "Too long")
    yield Turns(earlier[1:], "Too long a history")
    yield Turns(earlier[3:], "Too long a history was")
    yield Turns([], "Too long a history was forgotten.")


def do_same(command, call):
    for text in growing(["said ", "twice"]):
        yield text
        yield text


def do_progress(command, call):
    steps = command.number("steps", 3)
    for i in range(steps):
        call.progress((i + 1, steps), desc=f"part {i + 1}", unit="parts")
        # Gradio reports progress from a loop of its own; a step that comes at once would overtake it.
        time.sleep(0.15)
        yield "part " * (i + 1)


def do_log(command, call):
    gr.Info("the model is warm")
    yield "warm "
    gr.Warning("the answer is short")
    yield "warm and short"


def do_blank(command, call):
    yield ""


def do_empty(command, call):
    yield from ()


VERBS = {name[3:]: value for name, value in list(globals().items()) if name.startswith("do_")}
DEFAULT_WAIT_MS = {"slow": 100, "endless": 50}

# ---------------------------------------------------------------------------------------------------------- functions


def turns_to_history(turns):
    if not messages_form:
        return [[user, bot] for user, bot in turns]
    history = []
    for user, bot in turns:
        history.append({"role": "user", "content": user})
        if bot is not None:
            history.append({"role": "assistant", "content": bot})
    return history


def chat_steps(command, call):
    """The whole history at every step, as the original yields it."""
    for step in command.steps(call):
        if isinstance(step, Turns):
            yield turns_to_history([*step.earlier, (command.query, step.text)])
        else:
            yield [*call.history, *turns_to_history([(command.query, step)])]


def text_steps(command, call):
    for step in command.steps(call):
        yield step.text if isinstance(step, Turns) else step


def model_chat(query, history, system, progress=gr.Progress()):
    command, call = Command(query), Call(history, system, progress)
    steps = (("", value, system) for value in chat_steps(command, call))
    yield from observed("model_chat", command, steps, [textbox, chatbot, system_input], lambda values: last_answer(values[1]))


def clear_session():
    return "", []


def modify_system_session(system):
    system = system if system else DEFAULT_SYSTEM
    return system, system, []


def chat_endpoint(fn, verb):
    def endpoint(query, history, progress=gr.Progress()):
        command = Command(f"{verb} {query or ''}")
        steps = chat_steps(command, Call(history, None, progress))
        yield from observed(fn, command, steps, [chatbot], lambda values: last_answer(values[0]))

    return endpoint


def text_endpoint(fn, prefix):
    def endpoint(query, progress=gr.Progress()):
        command = Command(prefix + (query or ""))
        steps = text_steps(command, Call(progress=progress))
        yield from observed(fn, command, steps, [output], lambda values: values[0])

    return endpoint


def plain_endpoint(fn):
    def endpoint(query):
        command = Command(query)
        log("start", fn, command.id, 0, query=command.query)
        wait(float(command.options.get("ms", 0)))
        log("end", fn, command.id, 0)
        return f"plain: {query}"

    return endpoint


def failing_endpoint(fn, error_class):
    def endpoint(query):
        command = Command(query)
        log("start", fn, command.id, 0, query=command.query)
        log("error", fn, command.id, 0, error=query)
        raise error_class(query)

    return endpoint


def values_endpoint(fn, component):
    def endpoint(values):
        command = Command(values)
        steps = (value for value in json.loads(values))
        yield from observed(fn, command, steps, [component], lambda value: json.dumps(value[0]))

    return endpoint


def count(state):
    state = (state or 0) + 1
    return str(state), state


# ---------------------------------------------------------------------------------------------------------------- app


chatbot_form = os.environ.get("TWIN_CHATBOT")
chatbot_has_type = "type" in inspect.signature(gr.Chatbot.__init__).parameters
only_form = "messages" if int(gr.__version__.split(".")[0]) >= 6 else "tuples"
if chatbot_form not in (None, "", "tuples", "messages"):
    sys.exit(f"TWIN_CHATBOT is tuples or messages, not {chatbot_form!r}")
if chatbot_form and not chatbot_has_type and chatbot_form != only_form:
    sys.exit(f"Gradio {gr.__version__} has no Chatbot of type {chatbot_form}")
messages_form = (chatbot_form or only_form) == "messages"


def on(listener, fn, inputs, outputs, api_name, **options):
    listener(fn, inputs=inputs, outputs=outputs, api_name=api_name, **accepted(listener, concurrency_limit=concurrency, **options))


with gr.Blocks() as demo:
    gr.Markdown(TITLE)
    with gr.Row():
        system_input = gr.Textbox(value=DEFAULT_SYSTEM, lines=1, label="System")
        modify_system = gr.Button("Set system prompt and clear history")
        system_state = gr.Textbox(value=DEFAULT_SYSTEM, visible=False)
    chatbot = gr.Chatbot(label="Qwen2-72B-Instruct", **({"type": chatbot_form} if chatbot_form and chatbot_has_type else {}))
    textbox = gr.Textbox(lines=1, label="Input")
    with gr.Row():
        clear_history = gr.Button("Clear history")
        send = gr.Button("Send")

    on(textbox.submit, model_chat, [textbox, chatbot, system_state], [textbox, chatbot, system_input], "model_chat")
    on(send.click, model_chat, [textbox, chatbot, system_state], [textbox, chatbot, system_input], "model_chat_1")
    on(clear_history.click, clear_session, [], [textbox, chatbot], "clear_session")
    on(modify_system.click, modify_system_session, [system_input], [system_state, system_input, chatbot], "modify_system_session")

    # What the original does not have.
    output = gr.Textbox(label="Output")
    json_output = gr.JSON(label="Values")
    list_output = gr.CheckboxGroup(label="Lists")
    counter = gr.State(0)

    for name, prefix in {
        "text_stream": "",
        "fail_midway": "fail after=3: ",
        "crash_midway": "crash after=3: ",
        "progress": "progress ",
        "logs": "log ",
        "endless": "endless ",
    }.items():
        on(gr.Button(name).click, text_endpoint(name, prefix), [textbox], [output], name)
    for name, verb in {"rewrite_chat": "rewrite", "shrink_chat": "shrink", "empty_chat": "empty"}.items():
        on(gr.Button(name).click, chat_endpoint(name, verb), [textbox, chatbot], [chatbot], name)
    on(gr.Button("plain").click, plain_endpoint("plain"), [textbox], [output], "plain")
    on(gr.Button("fail_at_once").click, failing_endpoint("fail_at_once", gr.Error), [textbox], [output], "fail_at_once")
    on(gr.Button("crash_at_once").click, failing_endpoint("crash_at_once", ValueError), [textbox], [output], "crash_at_once")
    on(gr.Button("unqueued").click, plain_endpoint("unqueued"), [textbox], [output], "unqueued", queue=False)
    for name, component in {"json_values": json_output, "list_values": list_output}.items():
        on(gr.Button(name).click, values_endpoint(name, component), [textbox], [component], name)
    on(gr.Button("count").click, count, [counter], [output, counter], "count")

# Gradio 3 limits the whole queue; from 4 on a limit belongs to a function.
limits = {"concurrency_count": concurrency} if gr.__version__.startswith("3.") else accepted(demo.queue, default_concurrency_limit=concurrency)
demo.queue(api_open=False, max_size=queue_size, **limits)


if __name__ == "__main__":
    serve(demo)
