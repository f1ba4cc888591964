//! Finds one JSON object in text that a model wrote.

use serde_json::Value;

/// Longest text that is looked at, in bytes.
pub const MAX_TEXT: usize = 4 << 20;
/// Deepest nesting of what is found.
pub const MAX_DEPTH: usize = 64;
/// Most places tried, so that hostile text full of braces costs no more than a few passes.
const MAX_CANDIDATES: usize = 32;
/// From this likeness on an object is a whole plan; what scores less may be a piece of one that was cut off.
const WHOLE: usize = 5;

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Extracted {
    /// The object.
    pub value: Value,
    /// Whether it was JSON only after repair.
    pub repaired: bool,
    /// Whether its end is missing, so that what it would have said there is not known.
    pub cut_off: bool,
}

/// Why nothing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtractError {
    /// More text than is looked at.
    #[error("the text is larger than {} MB", MAX_TEXT >> 20)]
    TooLarge,
    /// All that looks like an object is nested too deeply.
    #[error("the JSON is nested more than {MAX_DEPTH} levels deep")]
    TooDeep,
    /// There is no object in the text.
    #[error("the text holds no JSON object")]
    NotFound,
}

/// Finds the object in a text that looks most like a plan: the text itself, in a fence, or between prose; repaired where it
/// is nearly right (comments, single quotes, trailing commas, an end that is missing). The last wins among equals, because drafts come first.
pub fn extract(text: &str) -> Result<Extracted, ExtractError> {
    if text.len() > MAX_TEXT {
        return Err(ExtractError::TooLarge);
    }
    let candidates = candidates(text.trim_start_matches('\u{feff}').trim());
    let shallow: Vec<&str> = candidates.iter().copied().filter(|text| depth(text) <= MAX_DEPTH).collect();
    let strict = shallow.iter().filter_map(|text| serde_json::from_str(text).ok());
    let best = strict.filter_map(unwrap).max_by_key(likeness);
    if let Some(value) = &best
        && likeness(value) >= WHOLE
    {
        return Ok(Extracted { value: value.clone(), repaired: false, cut_off: false });
    }
    let mut allowance = 2 * MAX_TEXT;
    let mut mended: Option<(Value, bool)> = None;
    for text in &shallow {
        // Repair is linear; the allowance bounds it over candidates that lie within each other.
        let Some(left) = allowance.checked_sub(text.len()) else { break };
        allowance = left;
        let value = jsonrepair_rs::jsonrepair(text).ok().and_then(|text| serde_json::from_str(&text).ok());
        if let Some(value) = value.and_then(unwrap)
            && mended.as_ref().is_none_or(|(best, _)| likeness(&value) >= likeness(best))
        {
            mended = Some((value, balanced(text).is_none()));
        }
    }
    match (best, mended) {
        (Some(strict), Some((value, cut_off))) if likeness(&value) > likeness(&strict) => {
            Ok(Extracted { value, repaired: true, cut_off })
        }
        (Some(value), _) => Ok(Extracted { value, repaired: false, cut_off: false }),
        (None, Some((value, cut_off))) => Ok(Extracted { value, repaired: true, cut_off }),
        (None, None) if shallow.len() < candidates.len() => Err(ExtractError::TooDeep),
        (None, None) => Err(ExtractError::NotFound),
    }
}

fn likeness(value: &Value) -> usize {
    let has = |key| usize::from(value.get(key).is_some());
    1 + 4 * has("blueprint") + 2 * has("entities") + 2 * has("tasks") + has("app")
}

/// The object itself, out of a list of one or a wrapper that models like.
fn unwrap(value: Value) -> Option<Value> {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.pop().filter(Value::is_object),
        Value::Object(mut object) => {
            let wrapper = ["plan", "result", "response", "output"]
                .into_iter()
                .find(|key| object.len() <= 2 && object.get(*key).is_some_and(|inner| likeness(inner) > 1));
            Some(wrapper.and_then(|key| object.remove(key)).unwrap_or(Value::Object(object)))
        }
        _ => None,
    }
}

fn candidates(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    if text.starts_with(['{', '[']) {
        found.push(text);
    }
    for inside in text.split("```").skip(1).step_by(2).take(MAX_CANDIDATES) {
        // The first line of a fence names the language.
        let body = inside.find(['{', '[']).map_or("", |start| &inside[start..]);
        if !body.is_empty() {
            found.push(body.trim_end());
        }
    }
    let mut from = 0;
    for _ in 0..MAX_CANDIDATES {
        let Some(start) = text[from..].find('{').map(|at| from + at) else { break };
        let end = balanced(&text[start..]).map(|length| start + length);
        // What is cut off ends with its fence at the latest.
        let rest = || text[start..].find("```").map_or(text.len(), |length| start + length);
        found.push(&text[start..end.unwrap_or_else(rest)]);
        from = end.unwrap_or(start + 1);
    }
    found
}

/// The length of the object that the text begins with; `None` where it is never closed.
fn balanced(text: &str) -> Option<usize> {
    let mut open = 0_usize;
    let mut end = None;
    scan(text, |at, byte| {
        match byte {
            b'{' | b'[' => open += 1,
            _ => open = open.saturating_sub(1),
        }
        if open == 0 {
            end = Some(at + 1);
        }
        end.is_none()
    });
    end
}

fn depth(text: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    scan(text, |_, byte| {
        match byte {
            b'{' | b'[' => open += 1,
            _ => open = open.saturating_sub(1),
        }
        most = most.max(open);
        most <= MAX_DEPTH
    });
    most
}

/// Calls for every bracket outside of double quotes, until told to stop.
fn scan(text: &str, mut bracket: impl FnMut(usize, u8) -> bool) {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' | b'}' | b']' if !quoted && !bracket(at, byte) => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, repaired: bool) {
        let value = json!({ "blueprint": { "app": "a {b} \"c\"" }, "tasks": [1] });
        assert_eq!(extract(text), Ok(Extracted { value, repaired, cut_off: false }), "{text}");
    }

    #[test]
    fn a_missing_end_is_told() {
        for text in [
            r#"{"blueprint": {"app": "a {b} \"c\""}, "tasks": [1"#,
            "```json\n{blueprint: {app: 'a {b} \"c\"'}, tasks: [1]\n```",
            r#"{"blueprint": {"app": {"name": "x"}, "entities": []}, "coverage": [{"text": "y"#,
        ] {
            let found = extract(text).unwrap();
            assert!(found.repaired && found.cut_off && found.value.get("blueprint").is_some(), "{text}");
        }
    }

    #[test]
    fn finds_the_plan() {
        let plan = r#"{"blueprint": {"app": "a {b} \"c\""}, "tasks": [1]}"#;
        check(plan, false);
        check(&format!("\u{feff}  {plan}\n"), false);
        check(&format!("Here it is:\n```json\n{plan}\n```\nEnjoy {{it}}!"), false);
        check(&format!("Here it is:\n```\n{plan}"), false);
        check(&format!("Sure! {plan} Anything else?"), false);
        check(&format!("Like {{\"a\": 1}}, but {plan} and {{\"b\": [2]}}"), false);
        check(&format!("{{\"blueprint\": {{}}, \"tasks\": []}} or better {plan}"), false);
        check(&format!("[{plan}]"), false);
        check(&format!("{{\"plan\": {plan}}}"), false);
        check(r#"{"blueprint": {"app": "a {b} \"c\"",}, /* one */ 'tasks': [1,],} // end"#, true);
    }

    #[test]
    fn refuses() {
        for text in ["", " ", "\0", "no json here", "null", "[1, 2]", "42"] {
            assert_eq!(extract(text), Err(ExtractError::NotFound), "{text:?}");
        }
        assert_eq!(extract(&" ".repeat(MAX_TEXT + 1)), Err(ExtractError::TooLarge));
        assert_eq!(extract(&"{\"a\":".repeat(5000)), Err(ExtractError::TooDeep));
        assert_eq!(extract(&"[".repeat(200_000)), Err(ExtractError::TooDeep));
    }

    #[test]
    fn hostile_texts_end() {
        for unit in [
            "{",
            "}",
            "\"",
            "\\",
            "```",
            "{\"",
            "{}",
            "'",
            "/*",
            "שלום{",
            "👩‍👩‍👧{",
            "../",
            "{{x}}",
            "<b>",
            "'; DROP",
        ] {
            extract(&unit.repeat(200_000 / unit.len())).ok();
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC*") {
            extract(&text).ok();
        }

        #[test]
        fn never_panics_on_near_json(text in r#"[\[\]{}"':,/*\\ntrue0-9 `\u{0}é]{0,120}"#) {
            if let Ok(found) = extract(&text) {
                prop_assert!(found.value.is_object());
            }
        }
    }
}
