import type { ChatOutput } from "./chat-function.ts";

const textKinds: readonly string[] = ["textbox", "textarea", "text", "markdown", "html", "code", "multimodaltextbox"];

/** What functions make that are no chats, by the kinds of their outputs. */
const makes: Readonly<Record<string, string>> = {
	image: "makes images",
	imageslider: "makes images",
	gallery: "makes images",
	annotatedimage: "makes images",
	imageeditor: "makes images",
	audio: "makes sound",
	video: "makes videos",
	model3d: "makes 3D models",
	plot: "draws a plot",
	lineplot: "draws a plot",
	barplot: "draws a plot",
	scatterplot: "draws a plot",
	file: "gives files",
	downloadbutton: "gives files",
	label: "sorts into classes",
	highlightedtext: "marks words",
	dataframe: "gives a table",
	number: "gives numbers",
	slider: "gives numbers",
	checkbox: "gives no text",
	checkboxgroup: "gives no text",
	radio: "gives no text",
	dropdown: "gives no text",
	dataset: "gives no text",
	browserstate: "gives no text",
};

/** How an answer stands in an output: as a Chatbot, or as a text; undefined where it cannot. */
export function answerKind({ component, hidden }: ChatOutput): "chatbot" | "text" | undefined {
	if (hidden) return undefined;
	if (component === "chatbot") return "chatbot";
	// The answers of a ChatInterface may be texts, messages or components, and are JSON since Gradio 5.
	return textKinds.includes(component) || component === "json" ? "text" : undefined;
}

/**
 * What a function makes, in words.
 *
 * @param outputs - its outputs
 * @returns undefined where what a caller sees first is none of these
 */
export function whatItMakes(outputs: readonly ChatOutput[]): string | undefined {
	const first = outputs.find(({ hidden }) => !hidden);
	return first && Object.hasOwn(makes, first.component) ? makes[first.component] : undefined;
}
