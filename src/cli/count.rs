//! Numbers of things as people read them.

/// `1 file`, `2 files`, `3 entities`: the noun in the singular, the number of any unsigned type.
pub(crate) fn counted(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    match noun.strip_suffix('y') {
        _ if number == 1 => format!("1 {noun}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn one_and_many() {
        for (number, noun, expected) in [
            (1_usize, "file", "1 file"),
            (0, "file", "0 files"),
            (2, "entity", "2 entities"),
            (1, "entity", "1 entity"),
        ] {
            assert_eq!(counted(number, noun), expected);
        }
    }
}
