//! The Gemini Developer API.

mod answer;
mod client;
mod endpoint;
mod request;
mod wire;

pub(super) use client::GeminiClient;
pub(super) use endpoint::base_url;
