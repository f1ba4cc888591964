//! Server-sent events out of bytes, wider than the standard and than Google's own clients.
//!
//! Lines end at LF, CRLF or CR and nowhere else: U+2028 and its kin occur raw inside JSON strings. Bytes are split, not
//! characters, so a character or a CRLF may straddle two reads. Besides `data:` fields the decoder yields bare JSON that
//! stands between them, because the service reports failures in the middle of a stream that way, pretty-printed over several
//! lines; an answer that is one JSON document and no stream at all comes out the same way.

/// The largest event, in bytes; what is larger is refused before it is held.
pub(super) const MAX_EVENT: usize = 8 << 20;

/// One thing that a stream said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SseEvent {
    /// The data of an event, or a bare JSON document.
    Data(String),
    /// `[DONE]`, as OpenAI-compatible servers end a stream.
    Done,
}

/// An event outgrew [`MAX_EVENT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Oversize;

/// Turns bytes into events as they come. Holds one event at most.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    line: Vec<u8>,
    /// The line is a comment, whose text is not kept: proxies send comments for as long as a stream lives.
    comment: bool,
    /// A CR ended the last line; an LF right after it belongs to it.
    after_cr: bool,
    started: bool,
    data: Option<String>,
    bare: Option<Bare>,
    stray: String,
}

impl Decoder {
    /// Takes the next bytes and appends what they complete to `events`.
    pub(super) fn push(&mut self, mut bytes: &[u8], events: &mut Vec<SseEvent>) -> Result<(), Oversize> {
        while !bytes.is_empty() {
            if std::mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            self.extend(part)?;
            if end.is_some() {
                self.after_cr = rest[0] == b'\r';
                bytes = &rest[1..];
                self.end_line(events)?;
            } else {
                bytes = rest;
            }
        }
        Ok(())
    }

    /// Says that no more bytes follow; what is incomplete is yielded as it is, for the reader to find it broken.
    pub(super) fn finish(&mut self, events: &mut Vec<SseEvent>) -> Result<(), Oversize> {
        if !self.line.is_empty() {
            self.end_line(events)?;
        }
        if let Some(bare) = self.bare.take() {
            emit(&bare.text, events);
        }
        self.dispatch(events);
        Ok(())
    }

    /// The beginning of what was neither an event nor JSON: an HTML page of a proxy, say.
    pub(super) fn stray(&self) -> &str {
        &self.stray
    }

    fn extend(&mut self, part: &[u8]) -> Result<(), Oversize> {
        if self.line.is_empty() && !self.comment && self.bare.is_none() && part.first() == Some(&b':') {
            self.comment = true;
        }
        if self.comment {
            return Ok(());
        }
        let held = self.line.len()
            + self.data.as_ref().map_or(0, String::len)
            + self.bare.as_ref().map_or(0, |bare| bare.text.len());
        if held + part.len() > MAX_EVENT {
            return Err(Oversize);
        }
        self.line.extend_from_slice(part);
        Ok(())
    }

    fn end_line(&mut self, events: &mut Vec<SseEvent>) -> Result<(), Oversize> {
        if std::mem::take(&mut self.comment) {
            self.started = true;
            return Ok(());
        }
        let mut bytes = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.started, true) && bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
            if bytes.first() == Some(&b':') {
                return Ok(());
            }
        }
        // A text may grow threefold when its invalid bytes are replaced.
        let text = String::from_utf8_lossy(&bytes);
        if text.len() > MAX_EVENT {
            return Err(Oversize);
        }
        self.line(&text, events);
        bytes.clear();
        if bytes.capacity() <= 64 << 10 {
            self.line = bytes;
        }
        Ok(())
    }

    fn line(&mut self, line: &str, events: &mut Vec<SseEvent>) {
        if let Some(bare) = &mut self.bare {
            if bare.feed(line) {
                let text = std::mem::take(&mut bare.text);
                self.bare = None;
                emit(&text, events);
            }
            return;
        }
        if line.is_empty() {
            self.dispatch(events);
            return;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        match name {
            "data" => {
                let value = value.strip_prefix(' ').unwrap_or(value);
                match &mut self.data {
                    Some(data) => {
                        data.push('\n');
                        data.push_str(value);
                    }
                    None => self.data = Some(value.to_owned()),
                }
            }
            "event" | "id" | "retry" => {}
            _ if self.data.as_deref().is_some_and(is_open) => {
                // Pretty-printed JSON that only its first line marked as data.
                if let Some(data) = &mut self.data {
                    data.push('\n');
                    data.push_str(line);
                }
            }
            _ if line.trim_start().starts_with(['{', '[']) => {
                self.dispatch(events);
                let mut bare = Bare::default();
                if bare.feed(line) {
                    emit(&bare.text, events);
                } else {
                    self.bare = Some(bare);
                }
            }
            _ => {
                let room = 1024_usize.saturating_sub(self.stray.len());
                self.stray.extend(line.chars().chain(['\n']).take(room / 4));
            }
        }
    }

    fn dispatch(&mut self, events: &mut Vec<SseEvent>) {
        if let Some(data) = self.data.take() {
            emit(&data, events);
        }
    }
}

fn emit(data: &str, events: &mut Vec<SseEvent>) {
    match data.trim() {
        "" => {}
        "[DONE]" => events.push(SseEvent::Done),
        data => events.push(SseEvent::Data(data.to_owned())),
    }
}

fn is_open(data: &str) -> bool {
    data.trim_start().starts_with(['{', '[']) && !Bare::default().feed(data)
}

/// A JSON document collected line by line until its brackets balance.
#[derive(Debug, Default)]
struct Bare {
    text: String,
    depth: usize,
    in_string: bool,
    escaped: bool,
}

impl Bare {
    /// Takes a line; says whether the document is whole.
    fn feed(&mut self, line: &str) -> bool {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(line);
        for byte in line.bytes() {
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        self.depth == 0 && !self.in_string
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(pieces: &[&[u8]]) -> Vec<String> {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        for piece in pieces {
            decoder.push(piece, &mut events).unwrap();
        }
        decoder.finish(&mut events).unwrap();
        events
            .into_iter()
            .map(|event| match event {
                SseEvent::Data(data) => data,
                SseEvent::Done => "<done>".to_owned(),
            })
            .collect()
    }

    /// Decodes the text whole, byte by byte, and split in two at every place.
    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let bytes = text.as_bytes();
        assert_eq!(decode(&[bytes]), expect, "whole");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(decode(&single), expect, "byte by byte");
        for at in 0..bytes.len() {
            assert_eq!(decode(&[&bytes[..at], &bytes[at..]]), expect, "split at {at}");
        }
    }

    #[test]
    fn every_line_end_is_one() {
        check("data: {\"a\":1}\n\ndata: {\"b\":2}\n\n", &["{\"a\":1}", "{\"b\":2}"]);
        check("data: {\"a\":1}\r\n\r\ndata: {\"b\":2}\r\n\r\n", &["{\"a\":1}", "{\"b\":2}"]);
        check("data: {\"a\":1}\r\rdata: {\"b\":2}\r\r", &["{\"a\":1}", "{\"b\":2}"]);
        check("data: {\"a\":1}\n\r\ndata: {\"b\":2}\r\n\n", &["{\"a\":1}", "{\"b\":2}"]);
    }

    #[test]
    fn noise_of_proxies_is_passed_over() {
        check("\u{feff}data: {}\n\n", &["{}"]);
        check("\u{feff}: hello\ndata: {}\n\n", &["{}"]);
        check(": ping\n\n:\nevent: message\nid: 7\nretry: 10\ndata:{\"a\":1}\n\n", &["{\"a\":1}"]);
        check("data:\n\ndata: \n\ndata\n\n\n\ndata: 1\n\n", &["1"]);
        check("data: {}\n\ndata: [DONE]\n\n", &["{}", "<done>"]);
        check("unknown: field\ndata: {}\n\n", &["{}"]);
    }

    #[test]
    fn several_data_lines_are_one_event() {
        check("data: {\"a\":\ndata: 1}\n\n", &["{\"a\":\n1}"]);
        check(
            "data: {\n  \"error\": {\n    \"code\": 503\n  }\n}\n\n",
            &["{\n  \"error\": {\n    \"code\": 503\n  }\n}"],
        );
    }

    #[test]
    fn separators_of_unicode_are_text() {
        check(
            "data: {\"t\":\"a\u{2028}b\u{2029}c\u{85}dé😀\"}\n\n",
            &["{\"t\":\"a\u{2028}b\u{2029}c\u{85}dé😀\"}"],
        );
    }

    #[test]
    fn bare_json_between_events_is_whole() {
        let pretty = "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"a } { \\\" ]\"\n  }\n}";
        check(&format!("data: {{\"a\":1}}\n\n{pretty}\n"), &["{\"a\":1}", pretty]);
        check(&format!("data: {{\"a\":1}}\n{pretty}\ndata: 2\n\n"), &["{\"a\":1}", pretty, "2"]);
        check("[{\"error\":{\"code\":429}}]", &["[{\"error\":{\"code\":429}}]"]);
        check("{\n\"candidates\": []\n}\n", &["{\n\"candidates\": []\n}"]);
    }

    #[test]
    fn an_end_without_a_blank_line_yields_what_is_there() {
        check("data: {\"a\":1}", &["{\"a\":1}"]);
        check("data: {\"a\":", &["{\"a\":"]);
        check("{\"error\": {", &["{\"error\": {"]);
    }

    #[test]
    fn broken_utf8_is_replaced() {
        assert_eq!(decode(&[b"data: a\xff\xc3", b"\xa9\n\n"]), ["a\u{fffd}é"]);
    }

    #[test]
    fn pages_of_proxies_are_told() {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        decoder.push(b"<html>\n<h1>502 Bad Gateway</h1>\n", &mut events).unwrap();
        assert!(events.is_empty());
        assert_eq!(decoder.stray(), "<html>\n<h1>502 Bad Gateway</h1>\n");
    }

    #[test]
    fn endless_comments_take_no_memory_and_endless_events_are_refused() {
        let mut decoder = Decoder::default();
        let mut events = Vec::new();
        let piece = vec![b'x'; 1 << 20];
        decoder.push(b":", &mut events).unwrap();
        for _ in 0..64 {
            decoder.push(&piece, &mut events).unwrap();
        }
        assert!(decoder.line.capacity() < 1 << 20);
        decoder.push(b"\ndata: ", &mut events).unwrap();
        let refused = (0..64).position(|_| decoder.push(&piece, &mut events).is_err());
        assert_eq!(refused, Some(7));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_decode_the_same_however_split(bytes: Vec<u8>, at: proptest::sample::Index) {
            let at = at.index(bytes.len() + 1);
            proptest::prop_assert_eq!(decode(&[&bytes]), decode(&[&bytes[..at], &bytes[at..]]));
        }
    }
}
