//! User stories: "As a librarian I want to add books with a title so that members can find them".

use super::draft::Ref;
use super::entities::entry;
use super::features::feature;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::is_plural;
use super::sentences::Sentences;
use super::tokens::{Token, find, phrase};

/// What a story wishes for; `None` where the tokens are no story.
pub(super) fn wish(tokens: &[Token]) -> Option<&[Token]> {
    let article = tokens.get(1).is_some_and(|token| token.is_any(&["a", "an", "the"]));
    if !(tokens.first()?.is("as") && article) {
        return None;
    }
    let i = (2..tokens.len().min(10)).find(|&at| tokens[at].is_any(&["i", "we"]))?;
    let modal = tokens[i + 1..]
        .iter()
        .take_while(|token| {
            token.is_any(&[
                "want", "need", "can", "would", "like", "wish", "should", "must", "be", "able", "to", "have",
            ])
        })
        .count();
    let rest = &tokens[i + 1 + modal..];
    let end = [&["so", "that"][..], &["in", "order", "to"], &["because"], &["so"]]
        .iter()
        .filter_map(|words| find(rest, words, 0))
        .min()
        .unwrap_or(rest.len());
    (modal > 0 && end > 0).then(|| &rest[..end])
}

impl Sentences<'_> {
    /// Reads what a story wishes for: records of well-known kinds, or ones that it describes.
    pub(super) fn story(&mut self, wish: &[Token]) -> Vec<Ref> {
        if let Some(found) = feature(wish) {
            if !found.supported {
                let text = self.text(wish);
                self.draft.refuse(text, &found.name);
                return Vec::new();
            }
            if !wish.iter().any(|token| token.is("with")) {
                return vec![Ref::Plain(found.name)];
            }
        }
        if wish.iter().any(|token| token.is("own"))
            && let Some(refs) = super::access::read(wish, None, &mut self.draft)
        {
            return refs;
        }
        let list = &wish[verbs(wish)..];
        let made = super::objects::made(self, list);
        if !made.is_empty() {
            return made;
        }
        let with =
            list.iter().position(|token| token.is_any(&["with", "("])).filter(|at| (1..=3).contains(at));
        if let Some(at) = with
            && (is_plural(&list[at - 1].low) || list[0].is_any(&["a", "an", "my", "new", "their", "each"]))
        {
            let refs = self.entity_list(list);
            if let Some(Ref::Entity(key)) = refs.first().cloned() {
                self.remember(&key);
            }
            if !refs.is_empty() {
                return refs;
            }
        }
        let mut refs = Vec::new();
        for item in items(list) {
            let item = &item[verbs(&item)..];
            let Some(entry) = entry(item) else { continue };
            let described = !entry.parens.is_empty()
                || entry.rest.first().is_some_and(|token| token.is_any(&["with", "that", "which"]));
            let words: Vec<&str> = entry.key.split(' ').collect();
            let known = (0..words.len()).map(|skip| words[skip..].join(" ")).find(|key| {
                self.draft.resolve(key).is_some_and(|(_, skip)| skip == 0) || lexicon().noun(key).is_some()
            });
            let user = lexicon().is_user(&entry.key);
            let plural_start = item.first().is_some_and(|token| is_plural(&token.low));
            match known {
                Some(key) if !described && !user => {
                    let key = self.draft.resolve(&key).map_or(key, |(known, _)| known);
                    if self.draft.declare(&key) {
                        refs.push(Ref::Entity(key.clone()));
                        self.remember(&key);
                    }
                }
                _ if described && (entry.plural || entry.determined || plural_start) => {
                    refs.extend(self.entity_list(item));
                    if let Some(Ref::Entity(key)) = refs.first().cloned() {
                        self.remember(&key);
                    }
                }
                _ if user => refs.push(Ref::Plain("User".into())),
                _ => {}
            }
        }
        refs
    }
}

/// How many tokens the verbs in front take: "create, edit and delete my" books.
fn verbs(tokens: &[Token]) -> usize {
    const VERBS: &[&str] = &[
        "create", "edit", "delete", "update", "add", "remove", "view", "see", "browse", "list", "manage",
        "change", "open", "mark", "set", "write", "post", "filter", "sort", "track", "record", "log", "keep",
        "store", "save", "borrow", "return", "book", "schedule", "register", "assign", "leave", "submit",
        "organize", "plan", "find", "search", "buy", "order", "sell", "rent", "publish", "share", "read",
        "join", "make", "rate", "review", "check", "archive", "enter", "cancel", "confirm", "approve",
        "reject", "request", "follow", "like", "attach", "choose", "pick", "invite", "define", "maintain",
        "comment", "upload", "vote", "reserve",
    ];
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let joins = token.is_any(&[
            "and", ",", "or", "also", "easily", "quickly", "new", "my", "our", "of", "up", "for", "on",
        ]);
        // The last word is a noun even where it could be a verb.
        let verb = token.is_any(VERBS) && tokens.get(at + 1).is_some_and(|next| !next.is("with") || at == 0);
        if !(verb || joins && at > 0) {
            break;
        }
        at += 1;
    }
    if phrase(&tokens[..at]).is_empty() { 0 } else { at.min(tokens.len()) }
}
