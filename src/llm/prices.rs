//! What models cost, as data with a date.

use jiff::civil::Date;
use serde::Deserialize;

use super::client::Usage;
use super::money::Money;

/// The table that metagen ships with.
const BUILT_IN: &str = include_str!("../../agents/prices.toml");

/// Prices of models on a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// The day the table was made.
    pub as_of: Date,
    /// Where the prices stand.
    pub source: String,
    #[serde(rename = "price")]
    prices: Vec<Price>,
}

/// What a million tokens of a model cost.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    model: String,
    input: Money,
    cached: Option<Money>,
    output: Money,
    until: Option<Date>,
    long: Option<Long>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    over: u64,
    input: Money,
    output: Money,
}

/// The prices of one model on one day.
#[derive(Clone, Debug)]
pub struct ModelPrice(Price);

impl PriceTable {
    /// The table that metagen ships with.
    pub fn built_in() -> Self {
        toml::from_str(BUILT_IN).expect("the table that is compiled in is tested")
    }

    /// The prices of a model on a day; `None` where they are not known. Dated versions of a model (`-001`, `-2026-09`)
    /// cost what it costs; other endings name other models.
    pub fn price(&self, model: &str, today: Date) -> Option<ModelPrice> {
        let model = model.rsplit('/').next().unwrap_or(model);
        let named = |price: &&Price| {
            model.strip_prefix(price.model.as_str()).is_some_and(|rest| {
                rest.is_empty()
                    || (rest.starts_with('-') && rest.bytes().all(|b| b == b'-' || b.is_ascii_digit()))
            })
        };
        let found =
            self.prices.iter().filter(named).find(|price| price.until.is_none_or(|until| today <= until));
        found.cloned().map(ModelPrice)
    }
}

impl ModelPrice {
    /// What this much costs; rather too much than too little.
    pub fn cost(&self, usage: &Usage) -> Money {
        let price = &self.0;
        let (input, cached, output) = match &price.long {
            Some(long) if usage.input_tokens > long.over => (long.input, None, long.output),
            _ => (price.input, price.cached, price.output),
        };
        let from_cache = usage.cached_tokens.min(usage.input_tokens);
        input
            .for_tokens(usage.input_tokens - from_cache)
            .saturating_add(cached.unwrap_or(input).for_tokens(from_cache))
            .saturating_add(output.for_tokens(usage.output_tokens))
    }

    /// How many tokens of output this much money buys.
    pub fn output_for(&self, money: Money) -> u64 {
        let output = self.0.long.as_ref().map_or(self.0.output, |long| long.output.max(self.0.output));
        let tokens = u128::from(money.nanos()) * 1_000_000 / u128::from(output.nanos().max(1));
        u64::try_from(tokens).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn cost(model: &str, today: Date, input: u64, cached: u64, output: u64) -> Option<String> {
        let usage = Usage { input_tokens: input, cached_tokens: cached, output_tokens: output, calls: 1 };
        PriceTable::built_in().price(model, today).map(|price| price.cost(&usage).to_string())
    }

    #[test]
    fn costs() {
        let million = 1_000_000;
        let (today, later) = (date(2026, 11, 23), date(2027, 1, 1));
        for (model, day, expect) in [
            ("gemini-3.8-flash", today, Some("4.5")),
            ("gemini-3.8-flash", later, Some("9")),
            ("models/gemini-3.8-flash", today, Some("4.5")),
            ("gemini-3.8-flash-001", today, Some("4.5")),
            ("gemini-4-argon", today, Some("12")),
            ("gemini-4-argon", date(2026, 12, 1), Some("24")),
            ("gemini-2.5-flash-lite", today, Some("0.5")),
            ("gemini-2.5-flash", today, Some("2.8")),
            ("gemini-3.1-pro-preview", today, Some("22")),
            ("gemini-3.8-flash-image", today, None),
            ("gemini-9", today, None),
            ("llama3", today, None),
            ("", today, None),
        ] {
            assert_eq!(cost(model, day, million, 0, million).as_deref(), expect, "{model} on {day}");
        }
    }

    #[test]
    fn cached_input_is_cheaper_only_where_its_price_is_known() {
        let today = date(2026, 11, 23);
        assert_eq!(cost("gemini-4-argon", today, 1_000_000, 1_000_000, 0).as_deref(), Some("0.1"));
        assert_eq!(cost("gemini-3.8-flash", today, 1_000_000, 1_000_000, 0).as_deref(), Some("0.75"));
        assert_eq!(cost("gemini-4-argon", today, 10, 99, 0).as_deref(), Some("0.000001"));
    }

    #[test]
    fn money_buys_output() {
        let price = PriceTable::built_in().price("gemini-3.8-flash", date(2026, 11, 23)).unwrap();
        assert_eq!(price.output_for("3.75".parse().unwrap()), 1_000_000);
        assert_eq!(price.output_for(Money::default()), 0);
    }

    #[test]
    fn the_default_model_has_a_price_and_entries_follow_in_time() {
        let table = PriceTable::built_in();
        assert!(table.price(crate::llm::DEFAULT_GEMINI_MODEL, table.as_of).is_some());
        for price in &table.prices {
            let last = table.prices.iter().rfind(|other| other.model == price.model).unwrap();
            assert!(last.until.is_none(), "{} ends without a price after it", price.model);
        }
    }
}
