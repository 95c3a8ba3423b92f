/** So many tokens of a prompt are read at a time; between them an abort is seen. */
export const promptStep = 128;
