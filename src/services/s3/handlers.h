#pragma once

#include "services/s3/bucket_rows.h"
#include "services/s3/s3_service.h"
#include "services/service.h"

// The operations, a file a family; handler_table.cc lists them all with what each must be allowed. Those on a bucket
// get it loaded: it exists, belongs to whom the caller expects, and is in the endpoint's region.
namespace opentrail::services::s3 {

using store::Transaction;

using AccountOperation = AwsResult<Reply>(S3Service& service, Call& call, Transaction& transaction);
using BucketOperation = AwsResult<Reply>(S3Service& service, Call& call, Transaction& transaction, Bucket& bucket);

// bucket.cc
AccountOperation CreateBucket, ListBuckets;
BucketOperation DeleteBucket, HeadBucket, GetBucketLocation;

// bucket_policy.cc
BucketOperation PutBucketPolicy, GetBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus;
BucketOperation PutPublicAccessBlock, GetPublicAccessBlock, DeletePublicAccessBlock;

// bucket_settings.cc
BucketOperation PutBucketVersioning, GetBucketVersioning;
BucketOperation PutBucketTagging, GetBucketTagging, DeleteBucketTagging;
BucketOperation PutBucketEncryption, GetBucketEncryption, DeleteBucketEncryption;
BucketOperation PutBucketOwnershipControls, GetBucketOwnershipControls, DeleteBucketOwnershipControls;

// unconfigured.cc: what a bucket can have on AWS and never has here
BucketOperation GetUnconfigured, PutUnconfigured, DeleteUnconfigured;

// access_control.cc
BucketOperation GetBucketAcl, PutBucketAcl, GetObjectAcl, PutObjectAcl;
// ACLs in a request that stores something, as far as BucketOwnerEnforced takes them.
[[nodiscard]] AwsStatus CheckAcl(const Call& call);

// object_put.cc
BucketOperation PutObject;
AwsResult<std::unique_ptr<BodySink>> BeginBody(Service& service, const Call& call);

// object_get.cc
BucketOperation GetObject, HeadObject, GetObjectAttributes;

// object_delete.cc
BucketOperation DeleteObject, DeleteObjects;

// object_tagging.cc
BucketOperation PutObjectTagging, GetObjectTagging, DeleteObjectTagging;

// copy.cc
BucketOperation CopyObject, UploadPartCopy;

// object_list.cc
BucketOperation ListObjects, ListObjectsV2, ListObjectVersions;

// multipart.cc, multipart_complete.cc, multipart_list.cc
BucketOperation CreateMultipartUpload, UploadPart, CompleteMultipartUpload, AbortMultipartUpload;
BucketOperation ListParts, ListMultipartUploads;

// Of the bucket's owner, as listings and ACLs show him.
[[nodiscard]] Value OwnerOf(const S3Service& service);

}  // namespace opentrail::services::s3
