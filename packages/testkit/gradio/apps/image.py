"""A Space that makes pictures, and is no chat.

    /infer(prompt, seed, randomize_seed, width, height, steps) -> (picture, seed)
"""

import gradio as gr
from pictures import picture_bytes, written
from support import on


def infer(prompt, seed, randomize_seed, width, height, steps):
    return written("picture.png", picture_bytes(prompt, seed, int(width), int(height))), seed


with gr.Blocks() as demo:
    prompt, picture = gr.Textbox(label="Prompt"), gr.Image(label="Result")
    seed = gr.Slider(0, 2147483647, value=0, step=1, label="Seed")
    randomize = gr.Checkbox(value=True, label="Randomize seed")
    width = gr.Slider(8, 64, value=32, step=8, label="Width")
    height = gr.Slider(8, 64, value=32, step=8, label="Height")
    steps = gr.Slider(1, 50, value=28, step=1, label="Number of inference steps")
    on("Run", infer, [prompt, seed, randomize, width, height, steps], [picture, seed], "infer")
