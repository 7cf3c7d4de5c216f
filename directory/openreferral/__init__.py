"""The directory under the paths of the Open Referral API: public listings as HSDS 3.1, to read."""
