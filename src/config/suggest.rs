//! The nearest known word.

/// The candidate that a mistyped word most likely meant; `None` where nothing is near.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: String = word.chars().take(64).flat_map(char::to_lowercase).collect();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.8)
        // The first of equals wins, so that the answer does not depend on float comparison of ties.
        .fold(None, |best: Option<(f64, &str)>, item| match best {
            Some(best) if best.0 >= item.0 => Some(best),
            _ => Some(item),
        })
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_word_that_was_meant() {
        let known = ["max_parallel", "model", "provider", "timeout"];
        for (word, meant) in [
            ("max_paralel", Some("max_parallel")),
            ("max-parallel", Some("max_parallel")),
            ("maxParallel", Some("max_parallel")),
            ("Modell", Some("model")),
            ("time_out", Some("timeout")),
            ("zzz", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }
}
