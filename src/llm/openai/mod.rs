//! Any server that speaks the chat completions of `OpenAI`: Ollama, vLLM, `OpenRouter` and others.

mod answer;
mod client;
mod dialect;

pub(super) use client::OpenAiClient;
