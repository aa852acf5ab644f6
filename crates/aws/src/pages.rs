//! Reads listings to their last page, with a limit.
//!
//! The SDK treats a token that repeats immediately as the end of the listing, and follows tokens that cycle or never
//! end indefinitely. Here all three are errors that name the call. A page is identified by its request: whatever the
//! token is called, the same request twice in one listing is the same page. Only these macros page; a test checks the
//! sources.
use aws_smithy_async::future::pagination_stream::PaginationStream;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{Intercept, context::BeforeTransmitInterceptorContextRef},
        orchestrator::HttpRequest,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use std::{
    cell::RefCell,
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
    rc::Rc,
};

/// The page limit: even an account with a hundred thousand keys, topics or alarms has fewer pages.
const MOST: usize = 2_000;

tokio::task_local! {
    static LISTING: Rc<Listing>;
}

/// The items on all pages of a listing: `items!(cx.cloud.kms.list_keys())`.
macro_rules! items {
    ($call:expr) => {
        $crate::pages::Pages::of($call.into_paginator().stop_on_duplicate_token(false).items().send())
    };
}

/// All pages of a listing, where a page has several lists, or more than a list.
macro_rules! pages {
    ($call:expr) => {
        $crate::pages::Pages::of($call.into_paginator().stop_on_duplicate_token(false).send())
    };
}

/// The items on all pages of a listing, as one request of a check or of the sweep.
macro_rules! all {
    ($cx:expr, $doing:expr, $call:expr) => {{
        let call = $call;
        let pages = async || items!(call.clone()).all().await;
        $cx.ask($doing, pages).await
    }};
}

/// The reason a listing is abandoned.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Endless {
    /// Its pages repeat. The cause may be a single corrupt answer.
    #[error("the listing goes round: AWS gave out the token of a page that was read before")]
    Round,
    /// Its pages do not end.
    #[error("the listing does not end: more than {MOST} pages")]
    Long,
}

/// The pages requested for one listing, by hash.
#[derive(Default)]
struct Listing(RefCell<BTreeSet<u64>>);

impl Listing {
    /// Checks a page before it is requested.
    fn turn(&self, request: &HttpRequest) -> Result<(), Endless> {
        let mut hasher = DefaultHasher::new();
        (request.method(), request.uri(), request.body().bytes()).hash(&mut hasher);
        let mut asked = self.0.borrow_mut();
        match asked.insert(hasher.finish()) {
            false => Err(Endless::Round),
            true if asked.len() > MOST => Err(Endless::Long),
            true => Ok(()),
        }
    }
}

/// The items or pages of a listing, in order.
pub(crate) struct Pages<T, E> {
    stream: PaginationStream<Result<T, E>>,
    listing: Rc<Listing>,
}

impl<T, E> Pages<T, E> {
    /// Wraps a paginator that does not stop at a repeated token, as [`items!`] and [`pages!`] build it.
    pub(crate) fn of(stream: PaginationStream<Result<T, E>>) -> Self {
        Self { stream, listing: Rc::default() }
    }

    /// The next item or page; `None` after the last.
    pub(crate) async fn next(&mut self) -> Option<Result<T, E>> {
        LISTING.scope(self.listing.clone(), self.stream.next()).await
    }

    /// All items or pages.
    pub(crate) async fn all(mut self) -> Result<Vec<T>, E> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }
}

/// Checks each page before it is requested.
#[derive(Debug)]
pub(crate) struct Paging;

impl Intercept for Paging {
    fn name(&self) -> &'static str {
        "VidpipePaging"
    }

    fn read_after_serialization(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        LISTING.try_with(|listing| listing.turn(context.request())).unwrap_or(Ok(())).map_err(Into::into)
    }
}

#[cfg(test)]
mod tests;
