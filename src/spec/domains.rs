//! Short texts: the well-known kind of app that they name, and what such an app keeps.

use super::draft::Draft;
use super::lexicon::{Domain, lexicon};
use super::notation::spaced;
use super::nouns::{is_plural, key_of};
use super::tokens::{Kind, tokenize};
use crate::naming::clip;

/// The kind of app a short text names, and a second, more general one beside it.
pub(super) fn domain_of(source: &str) -> Option<(&'static Domain, Option<&'static Domain>)> {
    let tokens = tokenize(clip(source, 2_000), 0);
    let words: Vec<&str> =
        tokens.iter().filter(|token| token.kind != Kind::Sign).map(|token| token.low.as_str()).collect();
    let lexicon = lexicon();
    let mut best: Option<(usize, usize, usize)> = None;
    let mut blend = None;
    let mut at = 0;
    while at < words.len() {
        // "The system shall store patients" is about no store.
        let verb = at > 0
            && matches!(words[at - 1], "shall" | "should" | "must" | "will" | "can" | "to" | "we" | "i");
        if verb && matches!(words[at], "store" | "book" | "shop" | "plan" | "track" | "log") {
            at += 1;
            continue;
        }
        let hit = (1..=4).rev().find_map(|length| {
            let slice = words.get(at..at + length)?;
            let phrase = slice.join(" ");
            let key = key_of(&phrase);
            let domain = *lexicon.domain_phrases.get(&phrase).or_else(|| lexicon.domain_phrases.get(&key))?;
            Some((domain, length))
        });
        let Some((domain, length)) = hit else {
            at += 1;
            continue;
        };
        if !lexicon.domains[domain].blend.is_empty() {
            blend = Some(domain);
        }
        // The longest phrase wins, then the first one; what only lends ("CRM") gives way to what it is for.
        let lends = |domain: usize| usize::from(lexicon.domains[domain].blend.is_empty());
        if best.is_none_or(|(known, _, long)| (lends(domain), length) > (lends(known), long)) {
            best = Some((domain, at, length));
        }
        at += length;
    }
    let (domain, _, _) = best?;
    let blend = blend.filter(|other| *other != domain).map(|other| &lexicon.domains[other]);
    Some((&lexicon.domains[domain], blend))
}

pub(super) fn fill(draft: &mut Draft, domain: &Domain, blend: Option<&Domain>) {
    for entity in domain
        .entities
        .iter()
        .map(String::as_str)
        .chain(blend.into_iter().flat_map(|blend| blend.blend.iter().map(String::as_str)))
    {
        let key = spaced(entity);
        if draft.declare(&key)
            && let Some(access) = domain.access.get(entity)
            && draft.access.is_none()
            && let Some(thing) = draft.thing(&key)
        {
            thing.access = Some(*access);
        }
    }
    if draft.description.is_none() {
        draft.description = Some(domain.description.clone());
    }
}

/// The last resort for a short text: well-known nouns that stand in it in the plural.
pub(super) fn purpose_nouns(source: &str, draft: &mut Draft) {
    // What tries to be a command, a template or a path describes no app.
    const FOREIGN: &[&str] = &[
        "drop table",
        "select *",
        "{{",
        "${",
        "<%",
        "../",
        "/etc/",
        "ignore all",
        "ignore previous",
        "instructions",
        "system prompt",
        "--",
    ];
    let low = source.to_lowercase();
    if source.len() > 400 || FOREIGN.iter().any(|sign| low.contains(sign)) {
        return;
    }
    for token in tokenize(source, 0) {
        let key = key_of(&token.low);
        if token.is_word() && is_plural(&token.low) && lexicon().noun(&key).is_some() {
            draft.declare(&key);
        }
    }
}
