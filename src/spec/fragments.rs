//! Sentences without a verb: "books with a title", "articles written by authors", "ratings for drivers".

use super::describe::describe;
use super::items::items;
use super::lexicon::lexicon;
use super::nouns::{is_plural, key_of, singular};
use super::predicates::is_participle;
use super::recast::word;
use super::tokens::{Token, phrase};

/// "Ratings for drivers": records of a well-known kind, and what each is about.
fn about(tokens: &[Token]) -> Option<Vec<Token>> {
    let [noun, preposition, of @ ..] = tokens else { return None };
    let sound = noun.is_word()
        && preposition.is_any(&["for", "of", "on", "about"])
        && (1..=2).contains(&of.len())
        && of.iter().all(Token::is_word)
        && is_plural(&noun.low)
        && is_plural(&of[of.len() - 1].low)
        && [&noun.low, &of[of.len() - 1].low].iter().all(|low| lexicon().noun(&key_of(low)).is_some());
    sound.then(|| {
        let one = |token: &Token| Token { low: singular(&token.low), ..token.clone() };
        let mut made = vec![word("each", noun), one(noun)];
        made.extend(["belongs", "to", "one"].map(|low| word(low, preposition)));
        made.extend_from_slice(&of[..of.len() - 1]);
        made.push(one(&of[of.len() - 1]));
        made
    })
}

/// "Books with a title": a sentence without a verb that says what books have.
pub(super) fn fragment(tokens: &[Token]) -> Option<Vec<Token>> {
    if let Some(made) = about(tokens) {
        return Some(made);
    }
    // "Articles written by authors" are so.
    let participle = (1..=2).find(|&at| {
        tokens.len() > at + 2
            && tokens[..at].iter().all(Token::is_word)
            && is_plural(&tokens[at - 1].low)
            && is_participle(&tokens[at..])
            && !tokens[at].is_any(&["sorted", "ordered", "filtered", "listed", "grouped", "sold"])
            && lexicon().noun(&key_of(&phrase(&tokens[..at]))).is_some()
    });
    if let Some(at) =
        participle.filter(|at| !tokens[*at..].iter().any(|token| token.is_any(&["has", "have", "are", "is"])))
    {
        let mut made = tokens[..at].to_vec();
        made.push(word("are", &tokens[at]));
        made.extend_from_slice(&tokens[at..]);
        return Some(made);
    }
    let with = tokens.iter().position(|token| token.is("with")).filter(|at| (1..=2).contains(at))?;
    let (noun, list) = (&tokens[..with], &tokens[with + 1..]);
    let key = key_of(&phrase(noun));
    let named = noun.iter().all(Token::is_word)
        && is_plural(&noun[with - 1].low)
        && lexicon().noun(&key).is_some()
        && !lexicon().is_user(&key)
        && !lexicon().is_field_word(&key);
    // "Recipes with ingredients and steps" lists things, and so may "projects with tasks".
    let fields = items(list).iter().all(|item| {
        describe(item).is_some_and(|field| {
            let last = field.name.rsplit(' ').next().unwrap_or_default();
            !is_plural(last)
                && (lexicon().is_field_word(&field.name)
                    || field.says_something()
                    || item[0].is_any(&["a", "an"]))
        })
    });
    let stated =
        list.iter().any(|token| token.is_any(&["has", "have", "belong", "belongs", "are", "with", ":"]));
    (named && fields && !list.is_empty() && !stated).then(|| {
        let mut made = tokens.to_vec();
        made[with] =
            Token { start: tokens[with].start, end: tokens[with].end, ..word("have", &tokens[with]) };
        made
    })
}
