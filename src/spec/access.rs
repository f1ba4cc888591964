//! Who may read and write: "only the owner sees", "anyone can read", "managed by admins".

use std::collections::BTreeSet;

use super::draft::{Draft, Ref};
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of};
use super::tokens::{Token, phrase};
use crate::blueprint::Access;

const ADMINS: &[&str] = &[
    "admin",
    "administrator",
    "moderator",
    "editor",
    "manager",
    "librarian",
    "staff",
    "staff member",
    "superuser",
    "organizer",
    "teacher",
    "owner of the app",
];
const READS: &[&str] = &[
    " see ",
    " sees ",
    " view ",
    " views ",
    " read ",
    " reads ",
    " access ",
    " visible ",
    " look at ",
    " browse ",
    " find ",
];
const WRITES: &[&str] = &[
    " edit",
    " manage",
    " create",
    " add ",
    " update",
    " delete",
    " change",
    " write",
    " modify",
    " maintain",
    " remove",
    " publish",
    " written ",
    " posted ",
    " curated ",
];

const ANYONE: &[&str] = &[
    " anyone ",
    " everyone ",
    " everybody ",
    " anybody ",
    " visitors ",
    " the public ",
    " guests ",
    " anonymous ",
    " unauthenticated ",
    " world ",
];
/// The rule that comes closest to what nobody but admins sees.
const ADMINS_ALONE: &str =
    "seen by admins alone is not one of the access rules; whoever creates a record sees that one too";

/// The rule that comes closest to what anyone reads and admins write.
const OPEN_AND_CLOSED: &str =
    "read by anyone and written by admins alone is not one of the access rules; reading needs a sign-in";

fn is_admin(token: &Token) -> bool {
    ADMINS.contains(&key_of(&token.low).as_str())
}

/// Reads a clause on access; what it answers to, `None` where it is about something else.
pub(super) fn read(tokens: &[Token], current: Option<&str>, draft: &mut Draft) -> Option<Vec<Ref>> {
    let text = format!(" {} ", phrase(tokens).replace(" , ", " "));
    let access = wanted(&text, tokens)?;
    let any = |list: &[&str]| list.iter().any(|words| text.contains(words));
    let open = any(ANYONE) && any(READS);
    let closed = any(&[" only "]) && any(READS) && !any(WRITES) && tokens.iter().any(is_admin);
    if let Some((rest, except)) = exception(tokens)
        && let Some(mut refs) = read(rest, None, draft)
    {
        if let Some(more) = read(except, None, draft).or_else(|| opposite(except, access, draft)) {
            refs.extend(more);
        }
        return Some(refs);
    }
    let mut named = mentioned(tokens, draft);
    // "Only admins may change the status" is about one field, for which there are no rules.
    if named.is_empty() && access == Some(Access::Admin) && about_field(tokens, current, draft) {
        return None;
    }
    if named.is_empty() {
        named = unheard(tokens, draft);
    }
    let everything = [
        "everything",
        "all data",
        "all records",
        "all pages",
        "the app",
        "the whole",
        "the site",
        "public site",
        "public website",
        "public app",
        "private app",
        "private site",
        "all content",
        "the data",
    ]
    .iter()
    .any(|words| text.contains(&format!(" {words} ")));
    // "Everything is public but only admins can edit": the second half is about everything, too.
    let everything = everything
        || named.is_empty()
            && draft.access.is_some()
            && tokens.first().is_some_and(|token| token.is_any(&["only", "anyone", "everyone"]));
    let keys = if !named.is_empty() {
        named
    } else if let Some(current) = current.filter(|_| !everything) {
        vec![current.to_owned()]
    } else {
        if let Some(access) = access {
            if access == Access::Admin && (open || draft.access == Some(Access::Public)) {
                draft.warnings.push(format!("everything: {OPEN_AND_CLOSED}"));
            }
            draft.access = Some(access);
        }
        if closed && access == Some(Access::Owned) {
            draft.warnings.push(ADMINS_ALONE.to_owned());
        }
        return Some(vec![Ref::Access(String::new())]);
    };
    for key in &keys {
        let mut conflict = open && access == Some(Access::Admin);
        draft.declare(key);
        if let (Some(access), Some(thing)) = (access, draft.thing(key)) {
            match (thing.access, access) {
                (None, _) => thing.access = Some(access),
                (Some(_), Access::Shared) => {}
                (Some(Access::Admin), Access::Public) => conflict = true,
                (Some(Access::Public), Access::Admin) => {
                    conflict = true;
                    thing.access = Some(access);
                }
                _ => thing.access = Some(access),
            }
        }
        if conflict {
            draft.warnings.push(format!("{key}: {OPEN_AND_CLOSED}"));
        }
        if closed && access == Some(Access::Owned) {
            draft.warnings.push(format!("{key}: {ADMINS_ALONE}"));
        }
    }
    Some(keys.into_iter().map(Ref::Access).collect())
}

/// Whether the object of a clause is a field of the entity that is spoken of.
fn about_field(tokens: &[Token], current: Option<&str>, draft: &mut Draft) -> bool {
    let Some(at) = tokens.iter().rposition(|token| token.is("the")) else { return false };
    let name = crate::naming::Words::of(&phrase(&tokens[at + 1..])).camel();
    current
        .and_then(|key| draft.thing(key))
        .is_some_and(|thing| thing.fields.iter().any(|field| field.name == name))
}

/// "Everything is admin only, except announcements, which everybody can read": the rule and its exception.
fn exception(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let at =
        tokens.iter().position(|token| token.is_any(&["except", "but", "excluding"])).filter(|&at| at > 2)?;
    let not = tokens[at].is("but") && tokens.get(at + 1).is_some_and(|token| token.is("not"));
    let except = tokens[at].is_any(&["except", "excluding"]);
    let from = at + 1 + usize::from(tokens.get(at + 1).is_some_and(|token| token.is_any(&["for", "that"])));
    let rest = tokens.get(from..).filter(|rest| !rest.is_empty())?;
    let end = if tokens[at - 1].is(",") { at - 1 } else { at };
    // "Visitors see animals but not feedings" says nothing of feedings but that this rule is not theirs.
    if not {
        return Some((&tokens[..end], &rest[..0]));
    }
    except.then(|| (&tokens[..end], rest))
}

/// An exception that names no rule of its own: what is left of "everything is private" is open, and the other way round.
fn opposite(except: &[Token], access: Option<Access>, draft: &mut Draft) -> Option<Vec<Ref>> {
    let other = match access? {
        Access::Owned => Access::Shared,
        Access::Admin => Access::Shared,
        Access::Public => Access::Owned,
        Access::Shared => Access::Admin,
    };
    let keys = mentioned(except, draft);
    for key in &keys {
        if draft.declare(key)
            && let Some(thing) = draft.thing(key)
        {
            thing.access = Some(other);
        }
    }
    (!keys.is_empty()).then(|| keys.into_iter().map(Ref::Access).collect())
}

/// Well-known nouns that only a clause on access names: "admins manage products and categories".
fn unheard(tokens: &[Token], draft: &mut Draft) -> Vec<String> {
    let verb = tokens.iter().position(|token| {
        token.is_any(&[
            "is",
            "are",
            "can",
            "may",
            "manage",
            "manages",
            "maintain",
            "edit",
            "see",
            "view",
            "read",
            "browse",
            "curate",
            "administer",
        ])
    });
    let Some(verb) = verb else { return Vec::new() };
    let subject = tokens[verb].is_any(&["is", "are"]);
    let scope = if subject { &tokens[..verb] } else { &tokens[verb..] };
    let mut keys = Vec::new();
    for token in scope.iter().filter(|token| token.is_word() && is_plural(&token.low)) {
        let key = key_of(&token.low);
        let noun = lexicon().noun(&key).is_some() && !lexicon().is_field_word(&key) && !is_admin(token);
        if noun && !lexicon().is_user(&key) && draft.declare(&key) {
            keys.push(key);
        }
    }
    keys
}

/// People of whom a text says that they made its records, "the customer who created them", in the singular.
pub(super) fn makers(source: &str) -> BTreeSet<String> {
    let words: Vec<String> = source
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let made = |word: &str| {
        matches!(
            word,
            "created"
                | "placed"
                | "made"
                | "submitted"
                | "wrote"
                | "added"
                | "entered"
                | "booked"
                | "opened"
                | "owns"
                | "posted"
        )
    };
    let found =
        words.windows(4).filter(|w| w[0] == "the" && w[2] == "who" && made(&w[3])).map(|w| key_of(&w[1]));
    found.collect()
}

/// The access that a clause asks for; `Some(None)` where it only says what is so anyway.
#[expect(clippy::option_option, reason = "a clause on access may ask for nothing new")]
fn wanted(text: &str, tokens: &[Token]) -> Option<Option<Access>> {
    let any = |list: &[&str]| list.iter().any(|words| text.contains(words));
    let reads = any(READS);
    let writes = any(WRITES);
    let only = any(&[" only "]);
    let admins = tokens.iter().enumerate().any(|(at, token)| {
        let pointed = at > 0 && tokens[at - 1].is_any(&["only", "by", "to"])
            || tokens.get(at + 1).is_some_and(|t| t.is("only"));
        let leads =
            at <= 1 && tokens.iter().any(|t| t.is_any(&["manage", "maintain", "curate", "administer"]));
        is_admin(token) && (pointed || leads)
    }) || any(&[" admin-only ", " admin only "]);
    let owner = any(&[
        " only the owner",
        " only its owner",
        " only their owner",
        " only owners",
        " only the author ",
        " only the creator ",
        " only the person who",
        " only the user who",
        " only the one who",
        " only they ",
        " only he ",
        " only to the owner",
        " only to its owner",
        " only to their owner",
        " only to the user who",
        " only to the creator",
        " only by its owner",
        " only by the owner",
        " only by their owner",
        " only i ",
        " only for me ",
        " just for me ",
        " only to me ",
        " for my eyes only ",
        " visible to me only ",
        " only see my own ",
        " only access my own ",
        " only view my own ",
        " only you ",
        " owner only ",
        " only for the owner",
        " owner alone ",
        " only visible to the owner",
        " to their owner only",
        " to its owner only",
        " owner can see ",
    ]);
    let maker = only
        && any(&[
            " who created",
            " who owns",
            " who made",
            " who wrote",
            " who submitted",
            " who added",
            " who placed",
            " who entered",
            " who booked",
        ]);
    if owner || maker {
        // That only the owner changes a record is so anyway.
        return Some((reads || !writes).then_some(Access::Owned));
    }
    let people = any(&[
        " each user",
        " every user",
        " users ",
        " everyone ",
        " people ",
        " each person",
        " user ",
        " members ",
        " each member",
        " employees ",
        " customers ",
        " patients ",
        " students ",
    ]);
    if any(&[" their own", " his or her own", " his own", " its own", " your own", " my own"])
        && (people || only)
    {
        let sees = reads || only || any(&[" have ", " has ", " keep", " manage", " track"]);
        let only_writes = writes && !reads && !any(&[" manage", " has ", " have "]);
        return Some((sees && !only_writes).then_some(Access::Owned));
    }
    let verb = any(&[" is ", " are ", " be ", " kept ", " stay ", " stays ", " remain "]);
    if (any(&[" private "]) && (verb || tokens.len() <= 4))
        || any(&[
            " nobody else",
            " no one else",
            " not visible to other",
            " per user ",
            " cannot see each other",
            " private to ",
            " private data",
            " must not be public ",
            " not be visible to others ",
            " not visible to others ",
            " cannot be seen by other",
            " hidden from other",
            " not public ",
        ])
    {
        return Some(Some(Access::Owned));
    }
    if admins && (writes || only || any(&[" managed ", " admin-only ", " admin only "])) {
        let sees_only = only && reads && !writes;
        return Some(Some(if sees_only { Access::Owned } else { Access::Admin }));
    }
    let signed = any(&[
        " signed-in ",
        " logged-in ",
        " signed in ",
        " logged in ",
        " registered ",
        " authenticated ",
        " all users ",
        " every user ",
        " any user ",
        " team members ",
    ]);
    let anyone = any(ANYONE);
    let without = any(&[
        " without logging",
        " without signing",
        " without an account",
        " without login",
        " without sign",
        " without a login",
        " without registration",
        " without registering",
        " not logged in",
        " not signed in",
    ]);
    if without && !only {
        return Some(Some(Access::Public));
    }
    if signed && (reads || writes) {
        return Some(Some(Access::Shared));
    }
    if anyone && reads {
        return Some(Some(Access::Public));
    }
    if anyone && writes && !text.contains(" has ") {
        return Some(None);
    }
    if any(&[" publicly ", " publically "])
        || (any(&[" public "]) && (verb || tokens.len() <= 3) && !any(&[" whether ", " has ", " have "]))
    {
        return Some(Some(Access::Public));
    }
    if any(&[
        " shared between ",
        " shared by all ",
        " shared among ",
        " shared with everyone ",
        " are shared ",
        " is shared ",
    ]) {
        return Some(Some(Access::Shared));
    }
    None
}

/// The entities that a clause names, people with rights aside.
fn mentioned(tokens: &[Token], draft: &Draft) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut at = 0;
    let verb = tokens.iter().position(|token| token.is_any(&["is", "are"])).unwrap_or(tokens.len());
    while at < tokens.len() {
        // "Payslips are owned by the employee" is about payslips alone.
        if at >= verb && !keys.is_empty() {
            break;
        }
        let longest = (1..=3).rev().find_map(|length| {
            let slice = tokens.get(at..at + length)?;
            let key = key_of(&phrase(slice));
            let (found, skipped) = draft.resolve(&key)?;
            (skipped == 0).then_some((found, length))
        });
        if let Some((key, length)) = longest {
            // "Customers can see their own orders" is about orders.
            let acts = tokens
                .get(at + length)
                .is_some_and(|t| t.is_any(&["can", "may", "must", "see", "sees", "should", "only"]))
                && !tokens.get(at + length + 1).is_some_and(|t| t.is("be"))
                && tokens[at + length..].len() > 2;
            if !acts && !keys.contains(&key) {
                keys.push(key);
            }
            at += length;
        } else {
            at += 1;
        }
    }
    keys
}
