-- What a rental site has sold by a calendar that is read; nothing where it only says when somebody is busy.
ALTER TABLE calendar_subscriptions ADD COLUMN rental jsonb
