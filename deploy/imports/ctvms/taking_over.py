"""`headend import ctvms`: read and check all ten tables, write what fits our books, tell what does not."""



