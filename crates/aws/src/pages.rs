//! Listings: read to their last page, and not for ever.
//!
//! The SDK ends a listing whose token comes twice in a row as if it were whole, and follows tokens that go round, or never
//! end, for as long as they come. Here both are errors that name the call. A page is known by its request: whatever the
//! token is called, the same request twice in one listing is the same page. Nothing else may page; a test reads the sources.
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

/// No listing of ours has more pages: even an account with a hundred thousand keys, topics or alarms has not.
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

/// All pages of a listing, where a page has more than one list, or more than a list.
macro_rules! pages {
    ($call:expr) => {
        $crate::pages::Pages::of($call.into_paginator().stop_on_duplicate_token(false).send())
    };
}

/// Why a listing is not read any further.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Endless {
    /// Its pages go round. That may have been one spoilt answer.
    #[error("the listing goes round: AWS gave out the token of a page that was read before")]
    Round,
    /// Its pages do not end.
    #[error("the listing does not end: more than {MOST} pages")]
    Long,
}

/// The pages of one listing that were asked for.
#[derive(Default)]
struct Listing(RefCell<BTreeSet<u64>>);

impl Listing {
    /// One more page is about to be asked for.
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

/// What is on all pages of a listing, in order.
pub(crate) struct Pages<T, E> {
    stream: PaginationStream<Result<T, E>>,
    listing: Rc<Listing>,
}

impl<T, E> Pages<T, E> {
    /// Of a paginator that does not stop where a token comes twice: [`items!`] and [`pages!`] make it so.
    pub(crate) fn of(stream: PaginationStream<Result<T, E>>) -> Self {
        Self { stream, listing: Rc::default() }
    }

    /// The next of it; `None` after the last.
    pub(crate) async fn next(&mut self) -> Option<Result<T, E>> {
        LISTING.scope(self.listing.clone(), self.stream.next()).await
    }

    /// All of it.
    pub(crate) async fn all(mut self) -> Result<Vec<T>, E> {
        let mut all = Vec::new();
        while let Some(one) = self.next().await {
            all.push(one?);
        }
        Ok(all)
    }
}

/// Sees each page before it is asked for.
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
