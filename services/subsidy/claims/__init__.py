"""Claims (补贴申报): drafted, decided by the policy pack, examined step by step, approved with their money."""
