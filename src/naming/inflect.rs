//! Plurals of single words, and of names by their last word.
//!
//! English by tables and endings, as school grammars list them. A library did this before, with 130 regular expressions whose
//! compilation took three quarters of the time in which a plan is made.

use super::Words;

/// Words that have no other form.
const SAME: &[&str] = &[
    "advice",
    "aircraft",
    "analytics",
    "anime",
    "athletics",
    "audio",
    "baggage",
    "bison",
    "cash",
    "cattle",
    "chassis",
    "clothes",
    "clothing",
    "cod",
    "commerce",
    "corps",
    "data",
    "debris",
    "deer",
    "economics",
    "electronics",
    "equipment",
    "ethics",
    "evidence",
    "feedback",
    "fish",
    "furniture",
    "garbage",
    "genetics",
    "graffiti",
    "gymnastics",
    "hardware",
    "headquarters",
    "health",
    "homework",
    "housework",
    "information",
    "inventory",
    "jeans",
    "jewelry",
    "knowledge",
    "literature",
    "logistics",
    "luggage",
    "machinery",
    "mail",
    "manga",
    "mathematics",
    "means",
    "media",
    "merchandise",
    "moose",
    "music",
    "news",
    "offspring",
    "pants",
    "personnel",
    "physics",
    "police",
    "politics",
    "pollution",
    "premises",
    "rain",
    "research",
    "rice",
    "salmon",
    "scissors",
    "series",
    "sheep",
    "shorts",
    "shrimp",
    "software",
    "species",
    "staff",
    "stock",
    "swine",
    "traffic",
    "transportation",
    "trousers",
    "trout",
    "tuna",
    "tweezers",
    "wealth",
    "weather",
    "welfare",
    "whereabouts",
    "wildlife",
];

/// Words that end as plurals do and are none, though no ending tells: those in `ss`, `sis` and most in `us` go by it.
const SINGULAR_IN_S: &[&str] = &[
    "afterwards",
    "alias",
    "always",
    "as",
    "asbestos",
    "atlas",
    "axis",
    "besides",
    "bias",
    "canvas",
    "chaos",
    "christmas",
    "cosmos",
    "does",
    "gas",
    "has",
    "his",
    "iris",
    "is",
    "its",
    "kudos",
    "lens",
    "pancreas",
    "pelvis",
    "penis",
    "perhaps",
    "pyjamas",
    "rhinoceros",
    "sometimes",
    "tennis",
    "texas",
    "this",
    "towards",
    "was",
    "whereas",
    "yes",
];

/// Plurals in `us`: every other word with that ending is a singular.
const PLURAL_IN_US: &[&str] = &[
    "bayous", "caribous", "cpus", "emus", "flus", "gnus", "gpus", "gurus", "haikus", "menus", "skus",
    "thous", "tofus",
];

/// Words whose plural no ending tells.
const IRREGULAR: &[(&str, &str)] = &[
    ("alumna", "alumnae"),
    ("alumnus", "alumni"),
    ("appendix", "appendices"),
    ("axis", "axes"),
    ("bacterium", "bacteria"),
    ("cactus", "cacti"),
    ("codex", "codices"),
    ("criterion", "criteria"),
    ("curriculum", "curricula"),
    ("elf", "elves"),
    ("fungus", "fungi"),
    ("genus", "genera"),
    ("goose", "geese"),
    ("hoof", "hooves"),
    ("larva", "larvae"),
    ("life", "lives"),
    ("louse", "lice"),
    ("nucleus", "nuclei"),
    ("ox", "oxen"),
    ("phenomenon", "phenomena"),
    ("radius", "radii"),
    ("sheaf", "sheaves"),
    ("stimulus", "stimuli"),
    ("stratum", "strata"),
    ("terminus", "termini"),
    ("vertex", "vertices"),
    ("wharf", "wharves"),
];

/// Those that stand at the end of longer words, too: `bookshelf`.
const IRREGULAR_ENDINGS: &[(&str, &str)] = &[
    ("calf", "calves"),
    ("child", "children"),
    ("foot", "feet"),
    ("half", "halves"),
    ("index", "indices"),
    ("knife", "knives"),
    ("leaf", "leaves"),
    ("loaf", "loaves"),
    ("matrix", "matrices"),
    ("mouse", "mice"),
    ("person", "people"),
    ("quiz", "quizzes"),
    ("scarf", "scarves"),
    ("self", "selves"),
    ("shelf", "shelves"),
    ("thief", "thieves"),
    ("tooth", "teeth"),
    ("wife", "wives"),
    ("wolf", "wolves"),
];

/// Words in `man` that are no men.
const NO_MEN: &[&str] = &["caiman", "german", "human", "norman", "ottoman", "roman", "shaman", "talisman"];

/// Words in `men` that are no men either.
const SINGULAR_IN_MEN: &[&str] = &[
    "abdomen", "acumen", "amen", "bitumen", "cyclamen", "dolmen", "lumen", "omen", "ramen", "regimen",
    "semen", "specimen", "stamen", "yemen",
];

/// Words in `ie`, whose plural looks like that of a word in `y`.
const IN_IE: &[&str] = &[
    "auntie",
    "biggie",
    "birdie",
    "bogie",
    "bookie",
    "boogie",
    "brownie",
    "budgie",
    "cabbie",
    "calorie",
    "camaraderie",
    "collie",
    "cookie",
    "coterie",
    "cutie",
    "foodie",
    "freebie",
    "genie",
    "goalie",
    "groupie",
    "hippie",
    "hoodie",
    "indie",
    "junkie",
    "kiddie",
    "laddie",
    "lassie",
    "magpie",
    "menagerie",
    "movie",
    "necktie",
    "newbie",
    "patisserie",
    "pixie",
    "potpie",
    "prairie",
    "quickie",
    "rookie",
    "rotisserie",
    "selfie",
    "smoothie",
    "sortie",
    "sweetie",
    "talkie",
    "techie",
    "townie",
    "veggie",
    "yuppie",
    "zombie",
];

/// Words in `o` whose plural is in `oes`.
const IN_O_WITH_ES: &[&str] = &[
    "buffalo", "domino", "echo", "embargo", "hero", "mango", "mosquito", "negro", "potato", "tomato",
    "tornado", "torpedo", "veto", "volcano",
];

/// Words in `oe`, whose plural looks like that of a word in `o`.
const IN_OE: &[&str] = &[
    "aloe",
    "canoe",
    "doe",
    "floe",
    "foe",
    "hoe",
    "horseshoe",
    "mistletoe",
    "oboe",
    "roe",
    "shoe",
    "sloe",
    "snowshoe",
    "throe",
    "tiptoe",
    "toe",
    "woe",
];

/// Words in `che`, whose plural looks like that of a word in `ch`.
const IN_CHE: &[&str] = &[
    "ache",
    "avalanche",
    "backache",
    "brioche",
    "cache",
    "cliche",
    "creche",
    "douche",
    "fiche",
    "gauche",
    "headache",
    "heartache",
    "microfiche",
    "mustache",
    "niche",
    "pastiche",
    "psyche",
    "quiche",
    "stomachache",
    "toothache",
    "tranche",
];

/// Words in `ch` that is spoken as `k`.
const HARD_CH: &[&str] = &["epoch", "eunuch", "loch", "arch", "stomach", "tech"];
/// Words in `arch` that is not.
const SOFT_ARCH: &[&str] = &["arch", "larch", "march", "search", "starch"];

/// Words in `sse`, whose plural looks like that of a word in `ss`.
const IN_SSE: &[&str] = &["crevasse", "finesse", "impasse", "lacrosse", "mousse", "posse"];

/// Words in `z` without a second one, whose plural looks like that of a word in `ze`.
const IN_Z: &[&str] = &["blitz", "quartz", "topaz", "waltz"];

/// Words in `sis`, by the end of their plural: others in `ses` are plurals of words in `se`.
const PLURAL_OF_SIS: &[&str] = &[
    "alyses",
    "crises",
    "diagnoses",
    "electrolyses",
    "ellipses",
    "emphases",
    "geneses",
    "leroses",
    "nemeses",
    "neuroses",
    "oases",
    "osmoses",
    "prognoses",
    "psychoses",
    "synopses",
    "theoses",
    "theses",
];

/// Words in `use`, by their end; others in `uses` are plurals of words in `us`, but for the ones below.
const ENDS_IN_USE: &[&str] = &["ause", "ouse", "excuse", "fuse", "recluse"];
/// Short words in `use`.
const IN_USE: &[&str] = &["abuse", "disuse", "misuse", "muse", "reuse", "ruse", "use"];

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
