//! Plurals of single words, and of names by their last word.
//!
//! English by tables and endings, as school grammars list them. A library did this before, with 130 regular expressions whose
//! compilation took three quarters of the time in which a plan is made.

use super::Words;
use super::exceptions::{
    ENDS_IN_USE, HARD_CH, IN_CHE, IN_IE, IN_O_WITH_ES, IN_OE, IN_SSE, IN_USE, IN_Z, IRREGULAR,
    IRREGULAR_ENDINGS, NO_MEN, PLURAL_IN_US, PLURAL_OF_SIS, SAME, SINGULAR_IN_MEN, SINGULAR_IN_S, SOFT_ARCH,
};

fn is_listed(word: &str, list: &[&str]) -> bool {
    list.contains(&word)
}

fn ends_as(word: &str, list: &[&str]) -> bool {
    list.iter().any(|end| word.ends_with(end))
}

/// The other form of an irregular word.
fn irregular(
    word: &str,
    form: impl Fn(&(&'static str, &'static str)) -> (&'static str, &'static str),
) -> Option<String> {
    let whole = IRREGULAR.iter().map(&form).find(|(from, _)| *from == word);
    if let Some((_, to)) = whole {
        return Some(to.to_owned());
    }
    let (stem, to) =
        IRREGULAR_ENDINGS.iter().map(form).find_map(|(from, to)| Some((word.strip_suffix(from)?, to)))?;
    Some(format!("{stem}{to}"))
}

/// Whether a word in `s` is a singular by its end.
fn is_singular_in_s(word: &str) -> bool {
    is_listed(word, SINGULAR_IN_S)
        || word.ends_with("ss")
        || word.ends_with("sis")
        || word.ends_with("xis") && word != "taxis"
        || word.ends_with("us") && !word.ends_with("eaus") && !is_listed(word, PLURAL_IN_US)
}

/// The plural of a word; a word that is one already stays.
fn plural_word(word: &str) -> String {
    let is_adjective = word.ends_with("ous");
    if is_listed(word, SAME) || is_adjective || singular_word(word) != word {
        return word.to_owned();
    }
    if let Some(plural) = irregular(word, |&pair| pair) {
        return plural;
    }
    if word.ends_with("man") && !ends_as(word, NO_MEN) {
        return format!("{}men", &word[..word.len() - 3]);
    }
    if let Some(stem) = word.strip_suffix("is").filter(|stem| stem.ends_with(['s', 'x'])) {
        return format!("{stem}es");
    }
    let hard = ends_as(word, HARD_CH) && !ends_as(word, SOFT_ARCH);
    let hisses = ["s", "x", "z", "sh", "ch"].iter().any(|end| word.ends_with(end)) && !hard;
    if hisses || is_listed(word, IN_O_WITH_ES) {
        return format!("{word}es");
    }
    match word.strip_suffix('y') {
        Some(stem)
            if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) && !stem.is_empty() || word.ends_with("quy") =>
        {
            format!("{stem}ies")
        }
        _ => format!("{word}s"),
    }
}

/// The singular of a word; a word that is one already stays.
fn singular_word(word: &str) -> String {
    if is_listed(word, SAME) || is_singular_in_s(word) || word.len() < 2 {
        return word.to_owned();
    }
    if let Some(singular) = irregular(word, |&(one, many)| (many, one)) {
        return singular;
    }
    if word.ends_with("men") && !is_listed(word, SINGULAR_IN_MEN) {
        return format!("{}man", &word[..word.len() - 3]);
    }
    let Some(stem) = word.strip_suffix('s') else { return word.to_owned() };
    // What is left where the plural was made with `es`.
    let Some(short) = stem.strip_suffix('e') else { return stem.to_owned() };
    if let Some(root) = short.strip_suffix('i') {
        let in_ie = root.len() < 2 || is_listed(stem, IN_IE);
        return if in_ie { stem.to_owned() } else { format!("{root}y") };
    }
    if ends_as(word, PLURAL_OF_SIS) {
        return format!("{short}is");
    }
    let with_es = is_singular_in_s(short)
        && !ends_as(stem, ENDS_IN_USE)
        && !is_listed(stem, IN_USE)
        && !is_listed(stem, IN_SSE)
        || short.ends_with("sh")
        || short.ends_with('x')
        || short.ends_with("zz")
        || short.ends_with("ch") && !is_listed(stem, IN_CHE)
        || short.ends_with('o') && !is_listed(stem, IN_OE)
        || is_listed(short, IN_Z);
    if with_es { short.to_owned() } else { stem.to_owned() }
}
/// The name with its last word in the plural.
pub fn plural_of(name: &Words) -> Words {
    name.clone().with_last(plural_word)
}

/// What code calls many of these: the plural, unless it is the very name (`Series`), then a list.
pub fn list_of(name: &Words, plural: Words) -> Words {
    if plural == *name { plural.suffixed("list") } else { plural }
}

/// The name with its last word in the singular.
pub fn singular_of(name: &Words) -> Words {
    // Split anew: of `a ps` two single letters would be left, which no case tells from the word `ap`.
    Words::of(&name.clone().with_last(singular_word).pascal())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_singular_is_split_as_it_is_read_again() {
        let one = singular_of(&Words::of("a ps"));
        assert_eq!(one, Words::of(&one.pascal()));
        assert_eq!(one.pascal(), "Ap");
    }

    #[test]
    fn forms() {
        for (one, many) in [
            ("book", "books"),
            ("category", "categories"),
            ("person", "people"),
            ("child", "children"),
            ("order item", "order items"),
            ("status", "statuses"),
            ("address", "addresses"),
            ("class", "classes"),
            ("analysis", "analyses"),
            ("series", "series"),
            ("news", "news"),
            ("bus", "buses"),
            ("movie", "movies"),
            ("criterion", "criteria"),
            ("quiz", "quizzes"),
            ("recipe", "recipes"),
            ("course", "courses"),
            ("invoice", "invoices"),
            ("hobby", "hobbies"),
            ("day", "days"),
            ("knife", "knives"),
            ("bookshelf", "bookshelves"),
            ("olive", "olives"),
            ("salesperson", "salespeople"),
            ("craftsman", "craftsmen"),
            ("human", "humans"),
            ("specimen", "specimens"),
            ("box", "boxes"),
            ("prize", "prizes"),
            ("buzz", "buzzes"),
            ("match", "matches"),
            ("coach", "coaches"),
            ("headache", "headaches"),
            ("stomach", "stomachs"),
            ("search", "searches"),
            ("hero", "heroes"),
            ("photo", "photos"),
            ("shoe", "shoes"),
            ("house", "houses"),
            ("virus", "viruses"),
            ("campus", "campuses"),
            ("menu", "menus"),
            ("sku", "skus"),
            ("plateau", "plateaus"),
            ("taxi", "taxis"),
            ("hypothesis", "hypotheses"),
            ("expense", "expenses"),
            ("database", "databases"),
            ("mass", "masses"),
            ("index", "indices"),
            ("cookie", "cookies"),
            ("tie", "ties"),
            ("sheep", "sheep"),
            ("equipment", "equipment"),
            ("cargo", "cargos"),
            ("canoe", "canoes"),
            ("practice", "practices"),
        ] {
            assert_eq!(plural_of(&Words::of(one)).lower(), many);
            assert_eq!(singular_of(&Words::of(many)).lower(), one);
            assert_eq!(singular_of(&Words::of(one)).lower(), one, "singular stays");
            assert_eq!(plural_of(&Words::of(many)).lower(), many, "plural stays");
        }
    }
}
