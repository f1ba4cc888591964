//! The type that a field's name suggests: by the whole name, by its form, by its last word.

use super::lexicon::Lexicon;
use super::nouns::is_plural;
use crate::blueprint::FieldType;

impl Lexicon {
    /// The type that a field's name suggests; `words` in lower case, divided by blanks.
    pub(super) fn type_of(&self, words: &str) -> FieldType {
        let first = words.split(' ').next().unwrap_or_default();
        let last = words.rsplit(' ').next().unwrap_or_default();
        let fields = &self.fields;
        let sets = [
            (&fields.string, FieldType::String),
            (&fields.email, FieldType::Email),
            (&fields.url, FieldType::Url),
            (&fields.datetime, FieldType::Datetime),
            (&fields.date, FieldType::Date),
            (&fields.integer, FieldType::Integer),
            (&fields.decimal, FieldType::Decimal),
            (&fields.text, FieldType::Text),
            (&fields.boolean, FieldType::Boolean),
        ];
        let known = |name: &str| sets.iter().find(|(set, _)| set.contains(name)).map(|&(_, kind)| kind);
        if let Some(kind) = known(words) {
            return kind;
        }
        if words.contains(' ') {
            if matches!(first, "is" | "has" | "was" | "can" | "allows" | "needs" | "are" | "should") {
                return FieldType::Boolean;
            }
            if let Some(kind) = self.by_form(words, first, last) {
                return kind;
            }
            if words.starts_with("number of ")
                || matches!(last, "count" | "minutes" | "seconds" | "days" | "hours")
            {
                return FieldType::Integer;
            }
            // "Price per day" is a price.
            if let Some((head, _)) = words.split_once(" per ") {
                return self.type_of(head);
            }
            match last {
                "at" => return FieldType::Datetime,
                // "Reported by" names somebody; "needed by" is a day.
                "by" if !fields.forms.due.contains(first) => return FieldType::String,
                "on" | "by"
                    if known(first)
                        .is_none_or(|kind| matches!(kind, FieldType::Boolean | FieldType::Date)) =>
                {
                    return FieldType::Date;
                }
                "min" | "max" | "minimum" | "maximum" => {
                    return self.type_of(words.rsplit_once(' ').map_or(words, |(head, _)| head));
                }
                _ => {}
            }
            if words.starts_with("date of") || words.starts_with("day of") {
                return FieldType::Date;
            }
            if words.starts_with("time of") {
                return FieldType::Datetime;
            }
            let tail = words.rsplitn(3, ' ').take(2).collect::<Vec<_>>();
            if let [last, before] = tail.as_slice()
                && let Some(kind) = known(&format!("{before} {last}"))
            {
                return kind;
            }
        }
        // "Price paid" is a price.
        if known(last) == Some(FieldType::Boolean)
            && let Some(kind) = known(first)
                .filter(|kind| matches!(kind, FieldType::Decimal | FieldType::Integer | FieldType::Date))
        {
            return kind;
        }
        // Of a longer name's last word, only what is never a mere adjective counts: "release published" is no yes or no.
        known(last).unwrap_or_default()
    }

    /// What the form of a longer name tells of its type: "last inspection", "salary from", "tickets left", "opening hours".
    fn by_form(&self, words: &str, first: &str, last: &str) -> Option<FieldType> {
        let forms = &self.fields.forms;
        let numeric = |kind: &FieldType| matches!(kind, FieldType::Integer | FieldType::Decimal);
        match (first, last) {
            ("last" | "next" | "latest", last)
                if forms.happenings.contains(last) || last.ends_with("ed") && last.len() > 4 =>
            {
                Some(FieldType::Date)
            }
            (_, "from" | "to" | "until") => {
                let (head, _) = words.rsplit_once(' ')?;
                Some(self.type_of(head))
                    .filter(|kind| numeric(kind) || matches!(kind, FieldType::Date | FieldType::Datetime))
            }
            ("time", last) if last.ends_with("ed") => Some(FieldType::Datetime),
            ("date", last) if last.ends_with("ed") => Some(FieldType::Date),
            ("max" | "maximum" | "min" | "minimum", last) if is_plural(last) => {
                Some(self.type_of(last)).filter(numeric).or(Some(FieldType::Integer))
            }
            ("what", "paid" | "spent") => Some(FieldType::Decimal),
            ("year", last)
                if words.starts_with("year of ")
                    || last.ends_with("ed")
                    || matches!(last, "built" | "made" | "bought" | "born" | "written" | "won") =>
            {
                Some(FieldType::Integer)
            }
            (first, "needed" | "required" | "included" | "allowed")
                if !is_plural(first) && first != "amount" =>
            {
                Some(FieldType::Boolean)
            }
            (first, last) if forms.counted.contains(last) => {
                let number = Some(self.type_of(first)).filter(numeric);
                number.or(is_plural(first).then_some(FieldType::Integer))
            }
            (first, "hours" | "days" | "weeks" | "months" | "times") if forms.spells.contains(first) => {
                Some(FieldType::String)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::lexicon;
    use super::*;

    #[test]
    fn types_by_name() {
        use FieldType::{Boolean, Date, Datetime, Decimal, Email, Enum, Integer, String, Text, Url};
        for (name, kind) in [
            ("title", String),
            ("due date", Date),
            ("starts at", Datetime),
            ("price", Decimal),
            ("unit price", Decimal),
            ("contact email", Email),
            ("number of pages", Integer),
            ("is featured", Boolean),
            ("in stock", Boolean),
            ("cover image", Url),
            ("short description", Text),
            ("phone number", String),
            ("date of birth", Date),
            ("rating", Integer),
            ("prep time", Integer),
            ("start time", Datetime),
            ("room number", String),
            ("born on", Date),
            ("last donation", Date),
            ("last seen", Date),
            ("last name", String),
            ("last price", Decimal),
            ("salary from", Decimal),
            ("age to", Integer),
            ("year of manufacture", Integer),
            ("tickets left", Integer),
            ("opening hours", String),
            ("price per day", Decimal),
            ("reported by", String),
            ("needed by", Date),
            ("max mentees", Integer),
            ("time returned", Datetime),
            ("hourly rate eur", Decimal),
        ] {
            assert_eq!(lexicon().type_of(name), kind, "{name}");
        }
        assert_ne!(lexicon().type_of("status"), Enum);
    }
}
