//! What models a service has.

use serde_json::Value;

use super::service_error::clean;

/// A model that a service lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelEntry {
    /// Its id, without the collection.
    pub id: String,
    /// Tokens it takes, if the service says so.
    pub input_limit: Option<u64>,
    /// Tokens it gives in one request, if the service says so.
    pub output_limit: Option<u64>,
}

/// Reads a page of Gemini's list; models that generate nothing are left out.
pub(super) fn read_gemini(page: &Value) -> Vec<ModelEntry> {
    let entries = page.get("models").and_then(Value::as_array).into_iter().flatten();
    entries
        .filter(|entry| {
            entry
                .get("supportedGenerationMethods")
                .and_then(Value::as_array)
                .is_none_or(|methods| methods.iter().any(|method| method.as_str() == Some("generateContent")))
        })
        .filter_map(|entry| {
            let name = entry.get("name")?.as_str()?;
            Some(ModelEntry {
                id: clean(name.strip_prefix("models/").unwrap_or(name)),
                input_limit: entry.get("inputTokenLimit").and_then(Value::as_u64),
                output_limit: entry.get("outputTokenLimit").and_then(Value::as_u64),
            })
        })
        .collect()
}

/// Reads the list of an OpenAI-compatible server.
pub(super) fn read_openai(list: &Value) -> Vec<ModelEntry> {
    let entries = list.get("data").and_then(Value::as_array).into_iter().flatten();
    entries
        .filter_map(|entry| {
            Some(ModelEntry { id: clean(entry.get("id")?.as_str()?), ..ModelEntry::default() })
        })
        .collect()
}

/// The token of the next page.
pub(super) fn next_page(page: &Value) -> Option<String> {
    page.get("nextPageToken").and_then(Value::as_str).filter(|token| !token.is_empty()).map(str::to_owned)
}

/// Whether a model that answered is the one that was asked, or a dated version of it (`-001`, `-2026-09`).
pub(super) fn same_model(asked: &str, answered: &str) -> bool {
    let bare = |name: &str| name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
    bare(answered).strip_prefix(&bare(asked)).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('-') && rest.bytes().all(|b| b == b'-' || b.is_ascii_digit())
    })
}

/// Up to three ids that look like `wanted`, the likest first.
pub fn nearest(wanted: &str, models: &[ModelEntry]) -> Vec<String> {
    let mut scored: Vec<(f64, &str)> = models
        .iter()
        .map(|model| (strsim::jaro_winkler(wanted, &model.id), model.id.as_str()))
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, id)| id.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn another_model_is_told_from_a_version() {
        for (asked, answered, same) in [
            ("gemini-3.8-flash", "gemini-3.8-flash", true),
            ("models/gemini-3.8-flash", "gemini-3.8-flash-001", true),
            ("gemini-3.8-flash", "models/gemini-3.8-flash-2026-09", true),
            ("gemini-3.5-flash", "gemini-3.6-flash", false),
            ("gemini-3.5-flash", "gemini-3.5-flash-lite", false),
            ("gemini-flash-latest", "gemini-3.8-flash", false),
            ("Qwen/Qwen3-8B", "qwen3-8b", true),
        ] {
            assert_eq!(same_model(asked, answered), same, "{asked} {answered}");
        }
    }

    #[test]
    fn lists_are_read_and_the_nearest_found() {
        let page = json!({"models": [
            {"name": "models/gemini-3.8-flash", "inputTokenLimit": 1_048_576, "outputTokenLimit": 65_536,
             "supportedGenerationMethods": ["generateContent", "countTokens"]},
            {"name": "models/gemini-4-argon"},
            {"name": "models/embedding-2", "supportedGenerationMethods": ["embedContent"]},
            {"displayName": "nameless"}, 7
        ], "nextPageToken": "n"});
        let found = read_gemini(&page);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].output_limit, Some(65_536));
        assert_eq!(next_page(&page).as_deref(), Some("n"));
        assert_eq!(next_page(&json!({"nextPageToken": ""})), None);
        assert_eq!(nearest("gemini-3.8-flsh", &found)[0], "gemini-3.8-flash");
        assert!(nearest("zzz", &found).is_empty());
        assert!(read_gemini(&json!([1])).is_empty());
        assert_eq!(read_openai(&json!({"data": [{"id": "llama"}, {}]}))[0].id, "llama");
    }
}
