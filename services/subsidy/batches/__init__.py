"""Payment batches (支付批次): drafted, approved by another person, sent to the bank, settled by its results."""
