//! Where requests go: base URL, API version and model, checked once.

use reqwest::Url;

use crate::llm::client::{LlmError, LlmErrorKind};
use crate::llm::settings::GeminiSettings;

/// Checked base of all URLs.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    /// Scheme, host and path prefix with the version segment, without a slash at the end.
    base: String,
    /// `models/gemini-3.8-flash`
    resource: String,
}

impl Endpoint {
    pub(super) fn new(settings: &GeminiSettings) -> Result<Self, LlmError> {
        let resource = resource(&settings.model)?;
        let base = base_url(&settings.base_url, "GOOGLE_GEMINI_BASE_URL")?;
        let version = match settings.api_version.as_deref().map(str::trim) {
            // The aliases are known to one version only.
            None if resource.ends_with("-latest") => "v1beta",
            None => "v1",
            Some("beta") => "v1beta",
            Some(other) => other,
        };
        if !version.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err(LlmError::new(LlmErrorKind::Settings, format!("{version:?} is no API version"))
                .with_hint("use v1, v1beta or v1alpha"));
        }
        let base = if version.is_empty() { base } else { format!("{base}/{version}") };
        Ok(Self { base, resource })
    }

    /// The model without its collection, as reports carry it.
    pub(super) fn model(&self) -> &str {
        self.resource.strip_prefix("models/").unwrap_or(&self.resource)
    }

    /// Where to generate.
    pub(super) fn generate(&self, stream: bool) -> Result<Url, LlmError> {
        let method = if stream { "streamGenerateContent?alt=sse" } else { "generateContent" };
        url(&format!("{}/{}:{method}", self.base, self.resource))
    }

    /// Where the models are listed.
    pub(super) fn models(&self, page: Option<&str>) -> Result<Url, LlmError> {
        let mut url = url(&format!("{}/models?pageSize=1000", self.base))?;
        if let Some(page) = page {
            url.query_pairs_mut().append_pair("pageToken", page);
        }
        Ok(url)
    }
}

fn url(text: &str) -> Result<Url, LlmError> {
    Url::parse(text)
        .map_err(|error| LlmError::new(LlmErrorKind::Settings, format!("{text} is no address: {error}")))
}

/// Checks a base URL and drops the slashes at its end.
///
/// A user name or password in it would become a second credential, which the service refuses, and a query would swallow
/// the path that follows. Neither is repeated in the error, because it may be a secret.
pub(in crate::llm) fn base_url(text: &str, variable: &str) -> Result<String, LlmError> {
    let fault = |what: &str| {
        LlmError::new(LlmErrorKind::Settings, format!("the base URL {what}"))
            .with_hint(format!("set --base-url or {variable} to something like https://host/prefix"))
    };
    let url = Url::parse(text.trim()).map_err(|error| fault(&format!("is no address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(fault("is neither http:// nor https://"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(fault("holds a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(fault("holds a query or fragment"));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

fn resource(model: &str) -> Result<String, LlmError> {
    let model = model.trim();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '@');
    let fault = model.is_empty()
        || model.len() > 200
        || model.contains("..")
        || !model.chars().all(plain)
        || model.split('/').any(|part| part.is_empty() || part == ".");
    if fault {
        let shown: String = model.chars().take(80).collect();
        return Err(LlmError::new(LlmErrorKind::Settings, format!("{shown:?} is no name of a model"))
            .with_hint("use an id such as gemini-3.8-flash, models/… or tunedModels/…"));
    }
    if model.starts_with("models/") || model.starts_with("tunedModels/") {
        Ok(model.to_owned())
    } else {
        Ok(format!("models/{model}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(base: &str, version: Option<&str>, model: &str, expect: &str) {
        let settings = GeminiSettings {
            base_url: base.to_owned(),
            api_version: version.map(str::to_owned),
            model: model.to_owned(),
            ..GeminiSettings::default()
        };
        let endpoint = Endpoint::new(&settings).unwrap();
        assert_eq!(endpoint.generate(false).unwrap().as_str(), expect);
    }

    #[test]
    fn paths_are_joined() {
        check("https://h", None, "m", "https://h/v1/models/m:generateContent");
        check("https://h/", Some("v1beta"), "models/m", "https://h/v1beta/models/m:generateContent");
        check(
            "http://h:1/a/b//",
            Some("beta"),
            "tunedModels/m",
            "http://h:1/a/b/v1beta/tunedModels/m:generateContent",
        );
        check("https://h", Some(""), "m", "https://h/models/m:generateContent");
        check(
            "https://h",
            None,
            "gemini-flash-latest",
            "https://h/v1beta/models/gemini-flash-latest:generateContent",
        );
        check(
            "https://h",
            Some("v1"),
            "gemini-flash-latest",
            "https://h/v1/models/gemini-flash-latest:generateContent",
        );
    }

    #[test]
    fn streams_and_lists() {
        let endpoint = Endpoint::new(&GeminiSettings::default()).unwrap();
        assert_eq!(endpoint.model(), "gemini-3.8-flash");
        assert!(endpoint.generate(true).unwrap().as_str().ends_with(":streamGenerateContent?alt=sse"));
        let page = endpoint.models(Some("a&b")).unwrap();
        assert!(page.as_str().ends_with("/v1/models?pageSize=1000&pageToken=a%26b"), "{page}");
    }

    #[test]
    fn what_could_lead_elsewhere_is_refused() {
        for model in [
            "", "..", "a/../b", "a?b", "a&b", "a#b", "a%2e", "a b", "a\nb", "/a", "a//b", "models/", "a:b",
            "ä",
        ] {
            let settings = GeminiSettings { model: model.to_owned(), ..GeminiSettings::default() };
            assert_eq!(Endpoint::new(&settings).unwrap_err().kind, LlmErrorKind::Settings, "{model:?}");
        }
        for base in [
            "",
            "host",
            "ftp://h",
            "file:///x",
            "https://user:geheim@h",
            "https://h?key=geheim",
            "https://h#x",
        ] {
            let settings = GeminiSettings { base_url: base.to_owned(), ..GeminiSettings::default() };
            let error = Endpoint::new(&settings).unwrap_err();
            assert_eq!(error.kind, LlmErrorKind::Settings, "{base:?}");
            assert!(!format!("{error:?}").contains("geheim"));
        }
        for version in ["v1/x", "..", "v 1"] {
            let settings =
                GeminiSettings { api_version: Some(version.to_owned()), ..GeminiSettings::default() };
            assert_eq!(Endpoint::new(&settings).unwrap_err().kind, LlmErrorKind::Settings, "{version:?}");
        }
    }
}
